/* SPDX-License-Identifier: MIT */
/* Private to harness/oracle: the rows of the registry, and how a chain's verdicts are joined. */
#ifndef SG_ORACLE_ORACLES_H
#define SG_ORACLE_ORACLES_H

#include "harness/oracle/oracle.h"

#define ORACLE(name) extern const struct oracle oracle_##name;
#include "harness/oracle/registry.inc"
#undef ORACLE

/*
 * Of two filters that both ran, the value that counts: the lower action read as signed, on a tie
 * the newer one's (ACTION_ONLY and seccomp_run_filters(), kernel/seccomp.c). The kernel's loop
 * starts from a plain ALLOW, so that the data of an ALLOW gets lost; here it is kept, since nobody
 * looks at it and a single filter's verdict then is its value as it stands.
 */
static inline uint32_t oracle_join(uint32_t newer, uint32_t older)
{
	int32_t newer_action = (int32_t)(newer & ABI_RET_ACTION_FULL);
	int32_t older_action = (int32_t)(older & ABI_RET_ACTION_FULL);

	return older_action < newer_action ? older : newer;
}

/* For supported() of oracles that judge every filter on every machine. */
int oracle_supported_always(const struct oracle_subject *subject, struct sg_err *err);

/* What a session that judges with programs keeps of its subject: the filters that are any. */
struct oracle_chain {
	const struct cbpf_prog **progs; /* oldest first; owned array of borrowed programs */
	size_t len;
};
void oracle_chain_init(struct oracle_chain *chain, const struct oracle_subject *subject);
void oracle_chain_release(struct oracle_chain *chain);

#endif
