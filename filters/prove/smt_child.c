/* SPDX-License-Identifier: MIT */
#include "filters/prove/smt_child.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "filters/prove/smt_policy.h"
#include "filters/prove/smt_prog.h"
#include "filters/prove/smt_solver.h"
#include "harness/base/clock.h"

/* Z3 stops by itself before the parent ends it, so that it can say why. */
#define TIME_SHARE   0.9
#define MEMORY_SHARE 0.75
/* What the quick steps get where there is arithmetic, of the time and at most. */
#define QUICK_SHARE 0.25
#define QUICK_S     2.0
#define SHRINK_S    0.5

struct asking {
	const struct smt_job *job;
	uint64_t start_ns;
	struct smt_z3 z3;
	struct smt_terms terms;
	struct smt_solver solver;
	Z3_ast a, b;     /* effects */
	Z3_ast question; /* the inputs that count and with which they differ */
};

/* Where Z3's error handler goes, which has no argument of ours. */
static struct {
	struct asking *asking;
	jmp_buf give_up;
} here;

/* ---- reasons */

void smt_say_deadline(const struct smt_limits *limits, struct sg_buf *reason)
{
	sg_buf_addf(reason, "deadline of %g s", limits->timeout_s);
}

void smt_say_memory(const struct smt_limits *limits, struct sg_buf *reason)
{
	sg_buf_addf(reason, "memory limit of %" PRIu64 " MiB", limits->memory_bytes >> 20);
}

static void keep_reason(struct smt_found *found, struct sg_buf *reason)
{
	snprintf(found->reason, sizeof(found->reason), "%s", sg_buf_text(reason));
	sg_buf_release(reason);
}

/* In the words of Z3's src/solver/check_sat_result.cpp and src/util/common_msgs.cpp. */
static void keep_z3_reason(struct asking *asking, const char *why)
{
	struct sg_buf reason = {0};

	if (!strcmp(why, "timeout") || !strcmp(why, "canceled"))
		smt_say_deadline(asking->job->limits, &reason);
	else if (strstr(why, "memory"))
		smt_say_memory(asking->job->limits, &reason);
	else
		sg_buf_addf(&reason, "Z3: %s", *why ? why : "no reason given");
	keep_reason(asking->job->found, &reason);
}

/* What was found before stays: an input is one, whether or not a smaller one was being sought. */
static void on_error(Z3_context context, Z3_error_code code)
{
	struct asking *asking = here.asking;

	if (asking->job->found->result == PROVE_UNKNOWN)
		keep_z3_reason(asking, asking->z3.get_error_msg(context, code));
	longjmp(here.give_up, 1);
}

/* ---- the question */

static Z3_ast effect_of(const struct smt_terms *terms, const struct smt_side *side)
{
	return side->prog ? smt_prog(terms, side->prog) : smt_policy(terms, side->policy).effect;
}

static void set_question(struct asking *asking)
{
	const struct smt_job *job = asking->job;
	const struct smt_terms *terms = &asking->terms;

	asking->a = effect_of(terms, &job->a);
	asking->b = effect_of(terms, &job->b);
	asking->question = smt_not(terms, smt_equal(terms, asking->a, asking->b));
	if (job->under)
		asking->question =
			smt_and(terms, asking->question, smt_policy(terms, job->under).specified);
	if (job->unknown_calls)
		asking->question = smt_and(terms, asking->question,
					   smt_not(terms, smt_calls(terms, job->unknown_calls)));
}

/* At most @most words of the input are not zero. */
static Z3_ast few_words(const struct smt_terms *terms, uint32_t most)
{
	Z3_ast nonzero[ABI_DATA_WORDS];

	for (int i = 0; i < ABI_DATA_WORDS; i++)
		nonzero[i] = smt_not(terms, smt_is(terms, terms->words[i], 0));
	return terms->z3->mk_atmost(terms->context, ABI_DATA_WORDS, nonzero, most);
}

/* ---- the answer */

static bool is_arithmetic(const struct sock_filter *insn)
{
	uint16_t op = BPF_OP(insn->code);

	return BPF_CLASS(insn->code) == BPF_ALU && op != BPF_AND && op != BPF_OR && op != BPF_XOR;
}

static bool has_arithmetic(const struct smt_side *side)
{
	for (size_t i = 0; side->prog && i < side->prog->len; i++)
		if (is_arithmetic(&side->prog->insns[i]))
			return true;
	return false;
}

/* Keeps the input that Z3 found; the number of its words that are not zero. */
static uint32_t keep_input(struct asking *asking)
{
	struct smt_found found = {
		.result = PROVE_DIFFERENT,
		.a = smt_solver_value(&asking->solver, asking->a),
		.b = smt_solver_value(&asking->solver, asking->b),
	};
	uint32_t nonzero = 0;

	for (int i = 0; i < ABI_DATA_WORDS; i++) {
		found.words[i] = smt_solver_value(&asking->solver, asking->terms.words[i]);
		nonzero += found.words[i] != 0;
	}
	*asking->job->found = found;
	return nonzero;
}

/* Inputs with fewer words that are not zero, as long as Z3 finds one. */
static void shrink(struct asking *asking, uint64_t until_ns)
{
	uint32_t nonzero;

	do {
		nonzero = keep_input(asking);
	} while (nonzero &&
		 smt_solver_check(&asking->solver, asking->question,
				  few_words(&asking->terms, nonzero - 1), until_ns) == Z3_L_TRUE);
}

static uint64_t after_ns(uint64_t ns, double seconds)
{
	return ns + (uint64_t)(seconds * 1e9);
}

static Z3_lbool check(struct asking *asking, double until_s)
{
	return smt_solver_check(&asking->solver, asking->question, asking->terms.yes,
				after_ns(asking->start_ns, until_s));
}

/* Arithmetic that the quick steps do not decide soon, they often never do. */
static Z3_lbool check_in_turn(struct asking *asking, double end_s)
{
	double quick_s = QUICK_SHARE * end_s < QUICK_S ? QUICK_SHARE * end_s : QUICK_S;
	Z3_lbool found;

	if (!has_arithmetic(&asking->job->a) && !has_arithmetic(&asking->job->b))
		return check(asking, end_s);
	found = check(asking, quick_s);
	if (found != Z3_L_UNDEF)
		return found;
	smt_solver_deepen(&asking->solver);
	return check(asking, end_s);
}

/* Smaller inputs may take as long again as the first one did, or SHRINK_S. */
static double shrink_until_s(const struct asking *asking, double end_s)
{
	double took_s = 1e-9 * (double)(sg_monotonic_ns() - asking->start_ns);
	double until_s = took_s + (took_s > SHRINK_S ? took_s : SHRINK_S);

	return until_s < end_s ? until_s : end_s;
}

static void decide(struct asking *asking)
{
	double end_s = TIME_SHARE * asking->job->limits->timeout_s;

	switch (check_in_turn(asking, end_s)) {
	case Z3_L_FALSE: asking->job->found->result = PROVE_EQUAL; break;
	case Z3_L_TRUE:
		shrink(asking, after_ns(asking->start_ns, shrink_until_s(asking, end_s)));
		break;
	case Z3_L_UNDEF: keep_z3_reason(asking, smt_solver_reason(&asking->solver));
	}
}

/* ---- the child */

static void open_z3(struct asking *asking)
{
	char megabytes[32];

	snprintf(megabytes, sizeof(megabytes), "%.0f",
		 MEMORY_SHARE * (double)(asking->job->limits->memory_bytes >> 20));
	asking->z3.global_param_set("memory_max_size", megabytes);
	smt_terms_init(&asking->terms, &asking->z3, on_error);
	smt_solver_init(&asking->solver, &asking->terms);
}

/* The last word on the answer is spoken when this returns, in whichever way. */
static void ask(struct asking *asking)
{
	here.asking = asking;
	if (setjmp(here.give_up))
		return;
	open_z3(asking);
	set_question(asking);
	decide(asking);
}

int smt_child(void *job, struct sg_buf *out)
{
	struct asking asking = {.job = job, .start_ns = sg_monotonic_ns()};
	struct sg_buf reason = {0};

	(void)out;
	if (smt_z3_load(asking.job->limits->library, &asking.z3, &reason))
		ask(&asking);
	else
		keep_reason(asking.job->found, &reason);
	return 0;
}
