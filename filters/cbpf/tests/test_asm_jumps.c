/* SPDX-License-Identifier: MIT */
/* Jumps that reach too far get a jmp of their own, and the program means what was written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/tests/asm_fixture.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define LONGEST 255

/* "@first; @count of fillers; @last", assembled. */
static void assemble_around(const char *first, size_t count, const char *last,
			    struct cbpf_prog *prog)
{
	struct sg_buf text = {0};

	sg_buf_addf(&text, "%s\n", first);
	for (size_t i = 0; i < count; i++)
		sg_buf_adds(&text, "ld nr\n");
	sg_buf_addf(&text, "%s\n", last);
	assemble(sg_buf_text(&text), prog);
	sg_buf_release(&text);
}

static void assert_insn(const struct cbpf_prog *prog, size_t pc, struct sock_filter want)
{
	assert_memory_equal(&prog->insns[pc], &want, sizeof(want));
}

static void test_255_is_near(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	assemble_around("jeq #1, end, end", LONGEST, "end: ret #0", &prog);
	assert_int_equal(prog.len, 1 + LONGEST + 1);
	assert_insn(&prog, 0, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 255, 255));
	cbpf_release(&prog);
}

static void test_a_far_yes(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	assemble_around("jgt #1, end", LONGEST + 1, "end: ret #0", &prog);
	assert_int_equal(prog.len, 2 + LONGEST + 1 + 1);
	assert_insn(&prog, 0, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 1, 0, 1));
	assert_insn(&prog, 1, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, LONGEST + 1));
	cbpf_release(&prog);
}

static void test_a_far_no(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	assemble_around("jne x, end", LONGEST + 1, "end: ret #0", &prog);
	assert_int_equal(prog.len, 2 + LONGEST + 1 + 1);
	assert_insn(&prog, 0, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0));
	assert_insn(&prog, 1, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, LONGEST + 1));
	cbpf_release(&prog);
}

static void test_both_far(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	assemble_around("jset #1, yes, no", LONGEST + 1, "yes: ret #1\nno: ret #0", &prog);
	assert_int_equal(prog.len, 3 + LONGEST + 1 + 2);
	assert_insn(&prog, 0, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1));
	assert_insn(&prog, 1, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, LONGEST + 2));
	assert_insn(&prog, 2, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, LONGEST + 2));
	cbpf_release(&prog);
}

/* The jump added for the one makes the other, which was just near enough, too long. */
static void test_an_added_jump_pushes_others(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	assemble_around("jeq #1, end\njeq #2, far", LONGEST - 1, "end: ret #0\nret #2\nfar: ret #1",
			&prog);
	assert_int_equal(prog.len, 4 + LONGEST - 1 + 3);
	assert_insn(&prog, 0, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1));
	assert_insn(&prog, 1, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, LONGEST + 1));
	assert_insn(&prog, 2, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1));
	assert_insn(&prog, 3, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, LONGEST + 1));
	cbpf_release(&prog);
}

/* +N counts what is written: an added jump in between makes the jump longer, not another one. */
static void test_relative_targets_count_what_is_written(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	assemble_around("jmp +1\njeq #2, end\n.insn 0x1d, +300, 0, 7", 320, "end: ret #0", &prog);
	assert_int_equal(prog.len, 5 + 320 + 1);
	assert_insn(&prog, 0, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 2));
	assert_insn(&prog, 2, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 2 + 320));
	assert_insn(&prog, 3, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 7, 0, 1));
	assert_insn(&prog, 4, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 300));
	cbpf_release(&prog);
}

static void test_a_jmp_reaches_anywhere(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	assemble_around("jmp end", CBPF_MAX_INSNS - 2, "end: ret #0", &prog);
	assert_int_equal(prog.len, CBPF_MAX_INSNS);
	assert_insn(&prog, 0, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, CBPF_MAX_INSNS - 2));
	cbpf_release(&prog);
}

/* ---- random programs, held against a reading of the same statements that knows no offsets */

enum kind { BRANCH, UNLESS, JUMP, RETURN };

struct statement {
	enum kind kind;
	uint32_t k;
	size_t yes, no; /* statements */
};

struct written {
	struct statement *items;
	size_t len;
	struct sg_buf text;
};

/* Half of the targets are as far away as there are any, or just about as far as a branch goes. */
static size_t some_target(struct sg_rng *rng, size_t from, size_t len)
{
	size_t behind = len - from - 1, far = LONGEST - 20 + sg_rng_below(rng, 40);

	switch (sg_rng_below(rng, 4)) {
	case 0: return from + 1 + (far < behind ? far : behind - 1);
	case 1: return from + 1 + sg_rng_below(rng, behind);
	default: return from + 1 + sg_rng_below(rng, behind < 4 ? behind : 4);
	}
}

static void write_statement(struct sg_buf *text, size_t at, const struct statement *s)
{
	sg_buf_addf(text, "L%zu: ", at);
	switch (s->kind) {
	case BRANCH: sg_buf_addf(text, "jge #%u, L%zu, L%zu\n", s->k, s->yes, s->no); break;
	case UNLESS: sg_buf_addf(text, "jne #%u, L%zu\n", s->k, s->no); break;
	case JUMP: sg_buf_addf(text, "jmp +%zu\n", s->yes - at - 1); break;
	case RETURN: sg_buf_addf(text, "ret #%u\n", s->k); break;
	}
}

static void write_program(struct sg_rng *rng, size_t len, uint32_t inputs, struct written *out)
{
	*out = (struct written){.items = sg_calloc(len, sizeof(*out->items)), .len = len};
	sg_buf_adds(&out->text, "ld nr\n");
	for (size_t i = 0; i < len; i++) {
		struct statement *s = &out->items[i];

		s->kind = i + 1 == len ? RETURN : sg_rng_below(rng, 16) ? BRANCH : JUMP;
		if (s->kind == BRANCH && sg_rng_below(rng, 3) == 0)
			s->kind = UNLESS;
		if (s->kind == BRANCH && sg_rng_below(rng, 8) == 0)
			s->kind = RETURN;
		s->k = s->kind == RETURN ? i : sg_rng_below(rng, inputs);
		if (s->kind != RETURN) {
			s->yes = s->kind == UNLESS ? i + 1 : some_target(rng, i, len);
			s->no = some_target(rng, i, len);
		}
		write_statement(&out->text, i, s);
	}
}

static uint32_t read_program(const struct written *program, uint32_t nr)
{
	size_t at = 0;

	for (;;) {
		const struct statement *s = &program->items[at];

		switch (s->kind) {
		case BRANCH: at = nr >= s->k ? s->yes : s->no; break;
		case UNLESS: at = nr == s->k ? s->yes : s->no; break;
		case JUMP: at = s->yes; break;
		case RETURN: return s->k;
		}
	}
}

/* Where the statements came to lie, and which sides of branches have a jump of their own. */
struct place {
	size_t pc;
	bool yes_added, no_added;
};

/* A side that leads to the instruction behind the branch, but not to the next statement. */
static struct place *find_places(const struct written *program, const struct cbpf_prog *prog)
{
	struct place *places = sg_calloc(program->len, sizeof(*places));
	size_t pc = 1;

	for (size_t i = 0; i < program->len; i++) {
		const struct statement *s = &program->items[i];
		const struct sock_filter *insn = &prog->insns[pc];
		bool branches = s->kind == BRANCH || s->kind == UNLESS;

		places[i].pc = pc;
		places[i].yes_added = branches && s->yes != i + 1 && insn->jt == 0;
		places[i].no_added = branches && s->no != i + 1 && insn->jf == places[i].yes_added;
		pc += 1 + places[i].yes_added + places[i].no_added;
	}
	assert_int_equal(pc, prog->len);
	return places;
}

static size_t assert_none_added_in_vain(const struct written *program, const struct cbpf_prog *prog)
{
	struct place *places = find_places(program, prog);
	size_t added = 0;

	for (size_t i = 0; i < program->len; i++) {
		const struct statement *s = &program->items[i];

		if (places[i].yes_added)
			assert_true(places[s->yes].pc - places[i].pc - 1 > LONGEST);
		if (places[i].no_added)
			assert_true(places[s->no].pc - places[i].pc - 1 > LONGEST);
		added += places[i].yes_added + places[i].no_added;
	}
	free(places);
	return added;
}

static void assert_means_what_is_written(const struct written *program,
					 const struct cbpf_prog *prog, uint32_t inputs)
{
	uint32_t words[ABI_DATA_WORDS] = {0};

	for (words[0] = 0; words[0] <= inputs; words[0]++)
		assert_int_equal(cbpf_run_words(prog->insns, words).ret,
				 read_program(program, words[0]));
}

static void test_random_programs_mean_what_is_written(void **state)
{
	enum { ROUNDS = 300, MOST_STATEMENTS = 1200, INPUTS = 400 };
	struct sg_rng rng;
	size_t added = 0;

	(void)state;
	sg_rng_seed(&rng, 1993);
	for (int round = 0; round < ROUNDS; round++) {
		struct written program;
		struct cbpf_prog prog = {0};

		write_program(&rng, 2 + sg_rng_below(&rng, MOST_STATEMENTS), INPUTS, &program);
		assemble(sg_buf_text(&program.text), &prog);
		added += assert_none_added_in_vain(&program, &prog);
		assert_means_what_is_written(&program, &prog, INPUTS);
		assert_round_trip(&prog, NULL);
		cbpf_release(&prog);
		sg_buf_release(&program.text);
		free(program.items);
	}
	assert_true(added > 10 * ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_255_is_near),
		cmocka_unit_test(test_a_far_yes),
		cmocka_unit_test(test_a_far_no),
		cmocka_unit_test(test_both_far),
		cmocka_unit_test(test_an_added_jump_pushes_others),
		cmocka_unit_test(test_relative_targets_count_what_is_written),
		cmocka_unit_test(test_a_jmp_reaches_anywhere),
		cmocka_unit_test(test_random_programs_mean_what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
