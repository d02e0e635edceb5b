/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/oracle/oracles.h"

const struct oracle *const oracle_registry[] = {
#define ORACLE(name) &oracle_##name,
#include "harness/oracle/registry.inc"
#undef ORACLE
	NULL,
};

const struct oracle *oracle_find(const char *name, struct sg_err *err)
{
	const char *names[SG_COUNT(oracle_registry)];
	struct sg_hint hint;
	size_t i;

	for (i = 0; oracle_registry[i]; i++) {
		if (!strcmp(name, oracle_registry[i]->name))
			return oracle_registry[i];
		names[i] = oracle_registry[i]->name;
	}
	sg_err_input(err, EINVAL, "unknown oracle \"%s\"%s", name, sg_hint(&hint, name, names, i));
	return NULL;
}

int oracle_supported_always(const struct oracle_subject *subject, struct sg_err *err)
{
	(void)subject;
	(void)err;
	return 0;
}

void oracle_chain_init(struct oracle_chain *chain, const struct oracle_subject *subject)
{
	chain->progs = sg_calloc(subject->filter_count + 1, sizeof(*chain->progs));
	chain->len = 0;
	for (size_t i = 0; i < subject->filter_count; i++)
		if (!subject->filters[i]->none)
			chain->progs[chain->len++] = &subject->filters[i]->prog;
}

void oracle_chain_release(struct oracle_chain *chain)
{
	free(chain->progs);
	*chain = (struct oracle_chain){0};
}
