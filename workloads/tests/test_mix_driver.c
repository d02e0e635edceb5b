/* SPDX-License-Identifier: MIT */
/* The mix workload: proportions, what it knows, what it refuses to run. */
#include <sched.h>
#include <sys/syscall.h>

#include "workloads/tests/fixture.h"
#include "workloads/trace.h"

static struct mix mix_of(const char *text)
{
	struct mix mix;
	struct sg_err err = {0};

	if (mix_parse(text, strlen(text), "test", &mix, &err))
		fail_msg("%s", err.msg);
	return mix;
}

static double unknown_share(const char *text)
{
	struct mix mix = mix_of(text);
	double share = wl_mix_unknown_share(&mix);

	mix_release(&mix);
	return share;
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

static const struct wl *mix_workload(void)
{
	const struct wl *wl[WL_MAX];

	assert_int_equal(wl_find("mix", wl, NULL), 1);
	return wl[0];
}

/* The declared calls of a mix; declared and traced are compared elsewhere. */
static struct wl_calls declared_for(const char *text)
{
	struct mix mix = mix_of(text);
	const struct wl_env env = {.dir = "/", .mix = &mix};
	struct wl_calls calls = {0};

	mix_workload()->declare(&env, &calls);
	mix_release(&mix);
	return calls;
}

static double declared_per_op(const char *text, int nr)
{
	struct wl_calls calls = declared_for(text);
	double per_op = 0;

	for (size_t i = 0; i < calls.len; i++)
		if (calls.items[i].nr == nr)
			per_op += calls.items[i].per_op;
	wl_calls_release(&calls);
	return per_op;
}

static void test_proportions_are_the_mixs(void **state)
{
	(void)state;
	const char *text = "3 read\n1 write\n";

	assert_true(near(declared_per_op(text, SYS_read), 0.75));
	assert_true(near(declared_per_op(text, SYS_write), 0.25));
}

/* Three equal thirds of a thousand: nothing is lost, the largest remainders get the rest. */
static void test_shares_sum_to_one(void **state)
{
	(void)state;
	const char *text = "1 read\n1 write\n1 getpid\n";
	double sum = declared_per_op(text, SYS_read) + declared_per_op(text, SYS_write) +
		     declared_per_op(text, SYS_getpid);

	assert_true(near(sum, 1));
	assert_true(near(declared_per_op(text, SYS_getpid), 0.333));
}

static void test_bundled_mix_is_known(void **state)
{
	(void)state;
	struct mix mix;

	assert_int_equal(mix_load(NULL, &mix, NULL), 0);
#ifdef __x86_64__
	assert_true(near(wl_mix_unknown_share(&mix), 0));
#else
	assert_true(wl_mix_unknown_share(&mix) < 0.25); /* clone, and calls that are absent */
#endif
	mix_release(&mix);
}

static void test_calls_without_a_form_are_unknown(void **state)
{
	(void)state;
	assert_true(near(unknown_share("3 read\n1 reboot\n"), 0.25));
	assert_true(near(unknown_share("1 execve\n1 fork\n"), 1));
	assert_true(near(declared_per_op("3 read\n1 reboot\n", SYS_read), 1));
}

static void test_other_architectures_are_unknown(void **state)
{
	(void)state;
	assert_true(near(unknown_share("1 read\n1 s390x:read\n"), 0.5));
	assert_true(near(unknown_share("1 x86_64:read\n"),
			 abi_arch_native() == abi_arch(ABI_X86_64) ? 0 : 1));
}

/* A clone that would succeed is never made. */
static void test_clone_only_where_it_fails(void **state)
{
	(void)state;
	assert_true(near(unknown_share("1 clone a0=0x800\n"), 0));
	assert_true(near(unknown_share("1 clone a0=0x10000\n"), 0));
	assert_true(near(unknown_share("1 clone\n"), 1));
	assert_true(near(unknown_share("1 clone a0=0x11\n"), 1));
	assert_true(near(unknown_share("1 clone a0=0x1200011\n"), 1));
	assert_true(near(unknown_share("1 clone a0=0x10000000\n"), 1));
	assert_true(near(unknown_share("1 clone a0=0x10080000\n"), 1)); /* a new user namespace */
}

static void test_personality_only_where_it_stays(void **state)
{
	(void)state;
	assert_true(near(unknown_share("1 personality a0=0xffffffff\n"), 0));
	assert_true(near(unknown_share("1 personality a0=0x40000\n"), 1));
}

/* A packet or netlink socket would be made, whatever the protocol. */
static void test_socket_only_where_it_fails(void **state)
{
	(void)state;
	assert_true(near(unknown_share("1 socket a0=2 a1=1\n"), 0));
	assert_true(near(unknown_share("1 socket a0=1 a1=0x80802\n"), 0));
	assert_true(near(unknown_share("1 socket a0=0x11 a1=3\n"), 1));
	assert_true(near(unknown_share("1 socket a0=2 a1=3\n"), 1));
}

static void test_mix_without_known_calls_is_unsupported(void **state)
{
	(void)state;
	struct mix mix = mix_of("1 reboot\n");
	const struct wl_env env = {.mix = &mix};
	struct sg_err err = {0};

	assert_true(mix_workload()->supported(&env, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_non_null(strstr(err.msg, "mix"));
	mix_release(&mix);
}

/* Addresses and descriptors in a mix are somebody else's: they are never used. */
static void test_named_pointers_are_not_used(void **state)
{
	(void)state;
	struct wl_calls calls = declared_for("1 read a0=0x5 a1=0xdeadbeef a2=0x123456\n");

	assert_int_equal(calls.len, 1);
	assert_int_equal(calls.items[0].fixed & 0x7, 0x4);
	assert_int_equal(calls.items[0].args[2], 4096);
	wl_calls_release(&calls);
}

/* ---- run */

struct spacing {
	uint64_t calls, last, widest;
	int nr;
};

static void measure_spacing(void *ctx, const struct wl_call *call)
{
	struct spacing *s = ctx;

	s->calls++;
	if (call->nr != s->nr)
		return;
	if (s->calls - s->last > s->widest)
		s->widest = s->calls - s->last;
	s->last = s->calls;
}

static struct wl_fault run_mix(const char *text, uint64_t ops, struct spacing *spacing)
{
	struct fixture f;
	struct mix mix = mix_of(text);
	struct wl_trace trace;
	struct sg_err err = {0};
	const struct wl_trace_options options = {.ops = ops,
						 .on_call = spacing ? measure_spacing : NULL,
						 .ctx = spacing};

	fixture_make(&f);
	f.env.mix = &mix;
	if (mix_workload()->supported(&f.env, &err) ||
	    wl_trace(mix_workload(), &f.env, &options, &trace, &err))
		fail_msg("%s", err.msg);
	struct wl_fault fault = trace.fault;
	assert_int_equal(trace.signal, 0);
	wl_trace_release(&trace);
	mix_release(&mix);
	fixture_release(&f);
	return fault;
}

/* A slice of the schedule must be a mix too: a call of one tenth comes every tenth time or so. */
static void test_calls_are_spread(void **state)
{
	(void)state;
	struct spacing spacing = {.nr = SYS_write};

	assert_int_equal(run_mix("9 read\n1 write\n", 1000, &spacing).count, 0);
	assert_in_range(spacing.widest, 10, 12);
}

static void test_more_opens_than_closes(void **state)
{
	(void)state;
	assert_int_equal(run_mix("5 openat\n1 close\n", 2000, NULL).count, 0);
}

static void test_more_closes_than_opens(void **state)
{
	(void)state;
	assert_int_equal(run_mix("1 openat\n5 close\n", 2000, NULL).count, 0);
}

static void test_sends_and_receives_out_of_balance(void **state)
{
	(void)state;
	assert_int_equal(run_mix("9 sendto\n1 recvfrom\n", 3000, NULL).count, 0);
	assert_int_equal(run_mix("1 sendmsg\n9 recvmsg\n", 1000, NULL).count, 0);
}

/* The thread that the bundled mix's clone would make, and the forms that fail at once. */
static void test_clone_makes_nobody(void **state)
{
	(void)state;
#ifdef __x86_64__
	assert_int_equal(run_mix("1 clone a0=0x3d0f00\n", 200, NULL).count, 0);
#endif
	assert_int_equal(run_mix("1 clone a0=0x800\n1 clone a0=0x10000\n", 200, NULL).count, 0);
}

/* Every name there is, in one mix: each form that this machine has gives a right result. */
static void test_every_known_call_is_right(void **state)
{
	(void)state;
	size_t count;
	const char *const *names = abi_names(&count);
	struct sg_buf text = {0};

	for (size_t i = 0; i < count; i++) {
		char *line = sg_asprintf("1 %s\n", names[i]);
		if (abi_nr(abi_arch_native(), names[i]) != ABI_NR_NONE && unknown_share(line) < 1)
			sg_buf_adds(&text, line);
		free(line);
	}
	sg_buf_adds(&text, "1 clone a0=0x800\n1 socket a0=2 a1=1\n1 personality a0=0xffffffff\n");
	struct wl_fault fault = run_mix(sg_buf_text(&text), 3000, NULL);
	if (fault.count)
		fail_msg("%s gave %ld", abi_name(abi_arch_native(), (uint32_t)fault.nr),
			 fault.result);
	sg_buf_release(&text);
}

/* A form or a candidate under a name that no architecture has would never be used. */
static void check_names(const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!abi_name_known(names[i]))
			fail_msg("%s is no system call", names[i]);
}

static void test_names_of_forms(void **state)
{
	(void)state;
	static const char *const names[] = {
#define FORM(call, ...)  #call,
#define OPENS(call, ...) #call,
#define CLOSES(call)     #call,
#define TAKES(call, ...) #call,
#include "workloads/mix_forms.inc"
	};

	check_names(names, SG_COUNT(names));
	for (size_t i = 1; i < SG_COUNT(names); i++)
		assert_true(strcmp(names[i - 1], names[i]) < 0);
}

static void test_names_of_denied_calls(void **state)
{
	(void)state;
	static const char *const names[] = {
#define CALL(call, ...) #call,
#include "workloads/denied_calls.inc"
	};

	check_names(names, SG_COUNT(names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proportions_are_the_mixs),
		cmocka_unit_test(test_shares_sum_to_one),
		cmocka_unit_test(test_bundled_mix_is_known),
		cmocka_unit_test(test_calls_without_a_form_are_unknown),
		cmocka_unit_test(test_other_architectures_are_unknown),
		cmocka_unit_test(test_clone_only_where_it_fails),
		cmocka_unit_test(test_personality_only_where_it_stays),
		cmocka_unit_test(test_socket_only_where_it_fails),
		cmocka_unit_test(test_mix_without_known_calls_is_unsupported),
		cmocka_unit_test(test_named_pointers_are_not_used),
		cmocka_unit_test(test_calls_are_spread),
		cmocka_unit_test(test_more_opens_than_closes),
		cmocka_unit_test(test_more_closes_than_opens),
		cmocka_unit_test(test_sends_and_receives_out_of_balance),
		cmocka_unit_test(test_clone_makes_nobody),
		cmocka_unit_test(test_every_known_call_is_right),
		cmocka_unit_test(test_names_of_forms),
		cmocka_unit_test(test_names_of_denied_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
