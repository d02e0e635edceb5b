/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/alloc.h"

/* AddressSanitizer would report a huge request instead of refusing it as malloc() does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* realloc(p, 0) of glibc frees and returns NULL: sg_realloc_array() must not take it for an error.
 */
static void memory_is_never_null(void **state)
{
	char *none = sg_malloc(0), *zeroed = sg_calloc(3, 2);

	(void)state;
	assert_non_null(none);
	assert_memory_equal(zeroed, "\0\0\0\0\0\0", 6);
	zeroed = sg_realloc_array(zeroed, 0, 0);
	assert_non_null(zeroed);
	free(none);
	free(zeroed);
}

static void ask_for(size_t count, size_t bytes, int stderr_fd)
{
	dup2(stderr_fd, STDERR_FILENO);
	free(sg_realloc_array(NULL, count, bytes));
	_exit(0);
}

static void expect_out_of_memory(size_t count, size_t bytes)
{
	char line[128] = "";
	int fds[2], status;

	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		ask_for(count, bytes, fds[1]);
	close(fds[1]);
	while (strlen(line) < sizeof(line) - 1 &&
	       read(fds[0], line + strlen(line), sizeof(line) - 1 - strlen(line)) > 0)
		;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_non_null(strstr(line, "secgauge: out of memory\n"));
}

static void no_memory_is_one_line_and_exit_3(void **state)
{
	(void)state;
	expect_out_of_memory(SIZE_MAX / 4, 1);
}

static void a_product_that_overflows_is_no_memory(void **state)
{
	(void)state;
	expect_out_of_memory(SIZE_MAX / 2, 4);
}

static void strings_are_copied(void **state)
{
	char *a = sg_strdup("abc"), *b = sg_strndup("abcdef", 2), *c = sg_asprintf("%d-%s", 7, "x");

	(void)state;
	assert_string_equal(a, "abc");
	assert_string_equal(b, "ab");
	assert_string_equal(c, "7-x");
	free(a);
	free(b);
	free(c);
}

static void grow_makes_room_for_one_more(void **state)
{
	int *items = NULL;
	size_t len = 0, cap = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		SG_GROW(items, len, cap);
		assert_true(cap > len);
		items[len++] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	free(items);
}

static void a_list_owns_its_strings(void **state)
{
	struct sg_strv list = {0};
	char text[] = "first";

	(void)state;
	sg_strv_add(&list, text);
	text[0] = 'X';
	sg_strv_addf(&list, "%s-%d", "second", 2);
	assert_int_equal(list.len, 2);
	assert_string_equal(list.items[0], "first");
	assert_string_equal(list.items[1], "second-2");
	assert_true(sg_strv_contains(&list, "first"));
	assert_false(sg_strv_contains(&list, "firs"));
	sg_strv_release(&list);
	assert_null(list.items);
	assert_int_equal(list.len, 0);
}

static void splitting_keeps_empty_parts(void **state)
{
	struct sg_strv list = {0};

	(void)state;
	sg_strv_split(&list, "a,,bc,");
	assert_int_equal(list.len, 4);
	assert_string_equal(list.items[0], "a");
	assert_string_equal(list.items[1], "");
	assert_string_equal(list.items[2], "bc");
	assert_string_equal(list.items[3], "");
	sg_strv_split(&list, "");
	assert_int_equal(list.len, 5);
	sg_strv_release(&list);
}

static void the_nearest_name_is_found(void **state)
{
	static const char *const names[] = {"file-rw", "metadata", "null", "pipe", "tcp-echo"};
	static const char *const rows[][2] = {{"metadata", "metadata"},
					      {"metdata", "metadata"},
					      {"nul", "null"},
					      {"file_rw", "file-rw"},
					      {"ipe", "pipe"},
					      {"tpc-echo", "tcp-echo"},
					      {"zzzzzz", NULL},
					      {"pi", NULL},
					      {"pipee", "pipe"},
					      {"nlul", "null"},
					      {"lnul", "null"},
					      {"", NULL},
					      {"x", NULL}};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		const char *got = sg_nearest(rows[i][0], names, SG_COUNT(names));

		if (rows[i][1])
			assert_string_equal(got, rows[i][1]);
		else
			assert_null(got);
	}
}

/* Half of a short word may differ, and letters that changed places are one difference. */
static void neighbours_that_changed_places_count_once(void **state)
{
	static const char *const names[] = {"allow", "bst", "hand", "linear", "none", "tuned"};

	(void)state;
	assert_string_equal(sg_nearest("bts", names, SG_COUNT(names)), "bst");
	assert_string_equal(sg_nearest("sbt", names, SG_COUNT(names)), "bst");
	assert_string_equal(sg_nearest("lniera", names, SG_COUNT(names)), "linear");
	assert_null(sg_nearest("tsb", names, SG_COUNT(names)));
}

static void names_of_any_length_can_be_compared(void **state)
{
	char longer[300], long_name[] = "a-name-of-more-than-sixty-four-characters-is-never-the-"
					"nearest-one-to-a-word";
	const char *names[] = {long_name, "short"};

	(void)state;
	memset(longer, 'l', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_null(sg_nearest(long_name, names, 1));
	assert_string_equal(sg_nearest("shor", names, 2), "short");
	/* 295 letters away, yet more than half of a word of 299 may not differ. */
	assert_null(sg_nearest(longer, names, 2));
}

/* Once each letter of the word was held against each of every name: minutes for one message. */
static void a_word_far_longer_than_all_names_is_seen_at_once(void **state)
{
	const char *names[512];
	size_t len = (size_t)4 << 20;
	char *word = sg_malloc(len + 1);

	(void)state;
	memset(word, 'l', len);
	word[len] = '\0';
	for (size_t i = 0; i < SG_COUNT(names); i++)
		names[i] = "a-name-with-as-many-letters-as-are-looked-at-of-any-name-at-all";
	assert_null(sg_nearest(word, names, SG_COUNT(names)));
	free(word);
}

static void hint_is_the_end_of_a_message(void **state)
{
	static const char *const names[] = {"linear", "tuned"};
	struct sg_hint hint;

	(void)state;
	assert_string_equal(sg_hint(&hint, "liner", names, 2), " (did you mean linear?)");
	assert_string_equal(sg_hint(&hint, "zzz", names, 2), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_never_null),
		cmocka_unit_test(no_memory_is_one_line_and_exit_3),
		cmocka_unit_test(a_product_that_overflows_is_no_memory),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(grow_makes_room_for_one_more),
		cmocka_unit_test(a_list_owns_its_strings),
		cmocka_unit_test(splitting_keeps_empty_parts),
		cmocka_unit_test(the_nearest_name_is_found),
		cmocka_unit_test(neighbours_that_changed_places_count_once),
		cmocka_unit_test(names_of_any_length_can_be_compared),
		cmocka_unit_test(a_word_far_longer_than_all_names_is_seen_at_once),
		cmocka_unit_test(hint_is_the_end_of_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
