/* SPDX-License-Identifier: MIT */
#include "fuzz/builder.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/builder_wire.h"
#include "fuzz/worker.h"
#include "harness/base/alloc.h"

#define CPU_S        0.5
#define WALL_PER_CPU 20 /* for a generator that sleeps */
#define MEMORY_BYTES (512u << 20)
/* What generators leak must not add up to a finding. */
#define BUILDS_PER_WORKER 256

struct fuzz_builder {
	const struct gen *gen;
	struct worker_job job;
	struct worker worker;
	unsigned builds;        /* that this worker was asked for */
	struct sg_buf mix_text; /* what the worker's mix says */
	const struct mix *mix;  /* read in the worker alone, in its copy of our memory */
};

static const char *const names[] = {
	[FUZZ_BUILT] = "built",         [FUZZ_REFUSED] = "refusal",
	[FUZZ_CRASHED] = "crash",       [FUZZ_HUNG] = "hang",
	[FUZZ_NO_MEMORY] = "no_memory", [FUZZ_SANITIZER] = "sanitizer",
	[FUZZ_TOO_LONG] = "too_long",   [FUZZ_UNSUPPORTED] = "unsupported",
};

const char *fuzz_built_name(enum fuzz_built built)
{
	return names[built];
}

void fuzz_build_release(struct fuzz_build *build)
{
	gen_filter_release(&build->filter);
	*build = (struct fuzz_build){0};
}

/* ---- in the worker */

static void build_one(const struct fuzz_builder *builder, const struct build_request *request,
		      struct gen_filter *ret_filter, struct sg_err *err)
{
	struct gen_request gen_request = {.mix = builder->mix,
					  .objective = request->objective,
					  .no_verify = true};
	struct policy policy = {0};

	if (policy_parse(request->profile, request->profile_len, "profile", &request->options,
			 &policy, err) < 0)
		return;
	gen_request.policy = &policy;
	gen_build_here(builder->gen, &gen_request, ret_filter, err);
	policy_release(&policy);
}

static void serve(void *ctx, const char *bytes, size_t len, struct sg_buf *answer)
{
	struct build_request request;
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)len;
	build_request_read(bytes, &request);
	build_one(ctx, &request, &filter, &err);
	build_answer_write(&filter, &err, answer);
	gen_filter_release(&filter);
}

/* ---- what became of a build */

/* Texts from outside must not write to a terminal as they like. */
static void set_message(struct fuzz_build *build, const char *text, size_t len)
{
	char *c;

	snprintf(build->message, sizeof(build->message), "%.*s", (int)len, text);
	for (c = build->message; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
}

/* The first line with @word in it, without a "==PID==" in front; NULL when there is none. */
static const char *find_line(const struct sg_buf *said, const char *word, size_t *ret_len)
{
	const char *found = strstr(sg_buf_text(said), word), *start = found;

	if (!found)
		return NULL;
	while (start > said->data && start[-1] != '\n')
		start--;
	if (strncmp(start, "==", 2) == 0)
		start = found;
	*ret_len = strcspn(start, "\n");
	return start;
}

static bool take_report(const struct sg_buf *said, struct fuzz_build *build)
{
	size_t len = 0;
	const char *line = find_line(said, "ERROR: AddressSanitizer", &len);

	if (!line)
		line = find_line(said, "runtime error:", &len);
	if (!line)
		return false;
	build->outcome = FUZZ_SANITIZER;
	set_message(build, line, len);
	return true;
}

static enum fuzz_built outcome_of_end(enum sg_child_end end)
{
	switch (end) {
	case SG_CHILD_HUNG: return FUZZ_HUNG;
	case SG_CHILD_NO_MEMORY: return FUZZ_NO_MEMORY;
	default: return FUZZ_CRASHED;
	}
}

/* The worker ended instead of answering. */
static void take_end(const struct fuzz_builder *builder, const struct worker_answer *answer,
		     struct fuzz_build *build)
{
	struct sg_buf words = {0};

	build->outcome = outcome_of_end(answer->how.end);
	sg_buf_addf(&words, "%s: ", builder->gen->name);
	sg_child_describe(&answer->how, &builder->job.limits, &words);
	set_message(build, words.data, words.len);
	sg_buf_release(&words);
}

static enum fuzz_built outcome_of_error(const struct sg_err *err)
{
	if (err->code == -E2BIG || err->code == -ENOEXEC)
		return FUZZ_TOO_LONG;
	if (err->code == -ENOMEM)
		return FUZZ_NO_MEMORY;
	return err->kind == SG_ERR_ENV ? FUZZ_UNSUPPORTED : FUZZ_REFUSED;
}

/* The worker answered. SG_ERR_INPUT is about the profile, and the caller's to see. */
static int take_answer(struct fuzz_builder *builder, const struct sg_buf *bytes,
		       struct fuzz_build *build, struct sg_err *err)
{
	struct sg_err why = {0};

	if (!build_answer_read(bytes, &build->filter, &why)) {
		worker_stop(&builder->worker); /* more of it may be in the socket */
		build->outcome = FUZZ_CRASHED;
		snprintf(build->message, sizeof(build->message), "%s: answered nonsense",
			 builder->gen->name);
		return 0;
	}
	if (why.kind == SG_ERR_INPUT)
		return sg_err_input(err, -why.code, "%s", why.msg);
	if (why.kind != SG_ERR_NONE) {
		build->outcome = outcome_of_error(&why);
		set_message(build, why.msg, strlen(why.msg));
	}
	return 0;
}

static int take(struct fuzz_builder *builder, struct worker_answer *answer, struct fuzz_build *ret,
		struct sg_err *err)
{
	struct fuzz_build build = {.outcome = FUZZ_BUILT};
	int r = 0;

	if (!take_report(&answer->said, &build)) {
		if (answer->how.end == SG_CHILD_OK)
			r = take_answer(builder, &answer->bytes, &build, err);
		else
			take_end(builder, answer, &build);
	}
	if (r == 0)
		*ret = build;
	return r;
}

/* ---- the worker's life */

/* The worker's copy of the mix is as old as the worker; a mix that says something else needs
 * another one. */
static bool has_mix(struct fuzz_builder *builder, const struct mix *mix)
{
	struct sg_buf text = {0};
	bool same;

	mix_print(mix, &text);
	same = strcmp(sg_buf_text(&text), sg_buf_text(&builder->mix_text)) == 0;
	sg_buf_release(&builder->mix_text);
	builder->mix_text = text;
	return same;
}

static int ready_worker(struct fuzz_builder *builder, const struct mix *mix, struct sg_err *err)
{
	bool fits = has_mix(builder, mix) && builder->builds < BUILDS_PER_WORKER;

	if (fits && worker_is_alive(&builder->worker))
		return 0;
	worker_stop(&builder->worker);
	builder->builds = 0;
	builder->mix = mix;
	return worker_start(&builder->worker, &builder->job, err);
}

int fuzz_builder_new(const struct gen *gen, double cpu_s, struct fuzz_builder **ret,
		     struct sg_err *err)
{
	struct fuzz_builder *builder = sg_calloc(1, sizeof(*builder));

	(void)err;
	if (cpu_s <= 0)
		cpu_s = CPU_S;
	builder->gen = gen;
	builder->job = (struct worker_job){
		.fn = serve,
		.ctx = builder,
		.limits = {.cpu_s = cpu_s,
			   .wall_s = WALL_PER_CPU * cpu_s,
			   .memory_bytes = MEMORY_BYTES},
	};
	*ret = builder;
	return 0;
}

int fuzz_builder_build(struct fuzz_builder *builder, const char *profile, size_t profile_len,
		       const struct policy_options *options, const struct mix *mix,
		       enum gen_objective objective, struct fuzz_build *ret, struct sg_err *err)
{
	const struct build_request request = {objective, *options, profile, profile_len};
	struct worker_answer answer = {0};
	struct sg_buf bytes = {0};
	int r = ready_worker(builder, mix, err);

	if (r < 0)
		return r;
	build_request_write(&request, &bytes);
	builder->builds++;
	worker_ask(&builder->worker, &builder->job, &bytes, &answer);
	r = take(builder, &answer, ret, err);
	worker_answer_release(&answer);
	sg_buf_release(&bytes);
	return r;
}

void fuzz_builder_free(struct fuzz_builder *builder)
{
	if (!builder)
		return;
	worker_stop(&builder->worker);
	sg_buf_release(&builder->mix_text);
	free(builder);
}
