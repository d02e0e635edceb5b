/* SPDX-License-Identifier: MIT */
/* Mutators stay within their bounds, repeat themselves, and mostly make what is read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "filters/cbpf/vectors.h"
#include "fuzz/targets/json_scan.h"
#include "fuzz/targets/targets.h"
#include "harness/base/alloc.h"

#define ROUNDS 2000
#define MAX    700

static const char seed[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	"\"syscalls\":[{\"names\":[\"read\",\"write\"],\"action\":\"SCMP_ACT_ALLOW\"},"
	"{\"names\":[\"ioctl\"],\"action\":\"SCMP_ACT_LOG\",\"args\":["
	"{\"index\":1,\"value\":21505,\"op\":\"SCMP_CMP_EQ\"}]}]}";

static size_t with_tuple(uint8_t *data)
{
	const struct abi_tuple tuple = {.nr = 16, .arch = 0xc000003e, .args = {0, 21505}};

	memcpy(data, seed, sizeof(seed)); /* the NUL too */
	memcpy(data + sizeof(seed), &tuple, sizeof(tuple));
	return sizeof(seed) + sizeof(tuple);
}

static size_t text_alone(uint8_t *data)
{
	memcpy(data, seed, sizeof(seed) - 1);
	return sizeof(seed) - 1;
}

static size_t program(uint8_t *data)
{
	const struct cbpf_vector *vector = &cbpf_vectors[cbpf_vector_count / 2];
	size_t bytes = vector->len * sizeof(*vector->insns);

	memcpy(data, vector->insns, bytes);
	return bytes;
}

static bool is_profile(const uint8_t *data, size_t len)
{
	static const struct policy_options options = {0};
	struct policy policy = {0};
	int bad = policy_parse((const char *)data, strnlen((const char *)data, len), "test",
			       &options, &policy, NULL);

	policy_release(&policy);
	return !bad;
}

static bool is_accepted(const uint8_t *data, size_t len)
{
	struct cbpf_prog prog = {0};
	bool accepted;

	fuzz_prog_of(data, len, &prog);
	accepted = cbpf_verify(&prog, NULL) == 0;
	cbpf_release(&prog);
	return accepted;
}

/* Each time from the seed: what comes out is within bounds, and how much of it is read. */
static unsigned percent_read(fuzz_mutator *mutate, size_t (*make)(uint8_t *data),
			     bool (*is_read)(const uint8_t *data, size_t len))
{
	unsigned read = 0, changed = 0;

	for (uint64_t round = 0; round < ROUNDS; round++) {
		uint8_t *data = sg_malloc(MAX), *again = sg_malloc(MAX), start[MAX];
		size_t len = make(start), first, second;
		struct sg_rng rng, same;

		memcpy(data, start, len);
		memcpy(again, start, len);
		sg_rng_seed(&rng, round);
		sg_rng_seed(&same, round);
		first = mutate(&rng, data, len, MAX);
		second = mutate(&same, again, len, MAX);
		assert_true(first <= MAX);
		assert_int_equal(first, second);
		assert_memory_equal(data, again, first);
		changed += first && (first != len || memcmp(data, start, len));
		read += first && is_read(data, first);
		free(data);
		free(again);
	}
	assert_true(changed > ROUNDS * 9 / 10);
	return read * 100 / ROUNDS;
}

static void profiles_stay_profiles(void **state)
{
	(void)state;
	assert_true(percent_read(fuzz_mutate_profile, text_alone, is_profile) >= 50);
	assert_true(percent_read(fuzz_mutate_diff, with_tuple, is_profile) >= 50);
	assert_true(percent_read(fuzz_mutate_diff, text_alone, is_profile) >= 50);
}

static void programs_stay_programs(void **state)
{
	(void)state;
	assert_true(percent_read(fuzz_mutate_insns, program, is_accepted) >= 25);
}

/* Input after input, each made of the last, and @max as tight as it gets. */
static void any_bytes_are_changed_within_bounds(void **state)
{
	static fuzz_mutator *const mutators[] = {fuzz_mutate_profile, fuzz_mutate_diff,
						 fuzz_mutate_insns};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 3);
	for (size_t m = 0; m < SG_COUNT(mutators); m++) {
		for (int round = 0; round < ROUNDS; round++) {
			size_t max = 1 + sg_rng_below(&rng, 300), len = sg_rng_below(&rng, max + 1);
			uint8_t *data = sg_malloc(max);

			for (size_t i = 0; i < len; i++)
				data[i] = "{}[]\":,0123abc \\"[sg_rng_below(&rng, 17)];
			for (int i = 0; i < 8 && len; i++) {
				len = mutators[m](&rng, data, len, max);
				assert_true(len <= max);
			}
			free(data);
		}
	}
}

static void a_tuple_can_be_added_where_there_was_none(void **state)
{
	bool added = false;

	(void)state;
	for (uint64_t round = 0; round < 100 && !added; round++) {
		uint8_t data[MAX];
		size_t len = text_alone(data);
		struct sg_rng rng;

		sg_rng_seed(&rng, round);
		len = fuzz_mutate_diff(&rng, data, len, MAX);
		added = len == sizeof(seed) + sizeof(struct abi_tuple) && !data[sizeof(seed) - 1];
	}
	assert_true(added);
}

static void the_scan_knows_keys_elements_and_leaves(void **state)
{
	static const char text[] = "{\"a\": [1, {\"b\": \"c\"}], \"open\": [";
	struct json_scan scan;

	(void)state;
	json_scan(text, sizeof(text) - 1, &scan);
	assert_int_equal(scan.len, 7); /* neither the object nor the last array is closed */
	assert_true(scan.nodes[0].is_key);
	assert_int_equal(scan.nodes[1].kind, JSON_SCAN_ARRAY);
	assert_false(scan.nodes[1].is_leaf);
	assert_int_equal(scan.nodes[2].kind, JSON_SCAN_NUMBER);
	assert_true(scan.nodes[2].is_element);
	assert_int_equal(scan.nodes[3].kind, JSON_SCAN_OBJECT);
	assert_true(scan.nodes[3].is_element && scan.nodes[3].is_leaf);
	assert_memory_equal(text + scan.nodes[3].start, "{\"b\": \"c\"}", 10);
	assert_int_equal(scan.nodes[3].end - scan.nodes[3].start, 10);
	assert_true(scan.nodes[4].is_key && !scan.nodes[5].is_key && !scan.nodes[5].is_element);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profiles_stay_profiles),
		cmocka_unit_test(programs_stay_programs),
		cmocka_unit_test(any_bytes_are_changed_within_bounds),
		cmocka_unit_test(a_tuple_can_be_added_where_there_was_none),
		cmocka_unit_test(the_scan_knows_keys_elements_and_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
