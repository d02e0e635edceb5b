/* SPDX-License-Identifier: MIT */
/* One target under AFL++: persistent, test cases in shared memory. FUZZ_TARGET names it. */
#include <unistd.h>

#include "fuzz/targets/targets.h"

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)

#define RUNS_PER_PROCESS 100000

__AFL_FUZZ_INIT();

int main(void)
{
	const unsigned char *data;

	__AFL_INIT();
	data = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(RUNS_PER_PROCESS))
		PASTE(fuzz_target_, FUZZ_TARGET)(data, __AFL_FUZZ_TESTCASE_LEN);
	return 0;
}
