/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/stats/mann_whitney.h"
#include "harness/stats/sorted.h"

#define EXACT_MAX 0x1p53 /* arrangements; all counts up to there are whole numbers in a double */

double mann_whitney_u(const double *a, size_t a_count, const double *b, size_t b_count,
		      double shift)
{
	size_t below = 0, upto = 0;
	double u = 0;

	for (size_t i = 0; i < b_count; i++) {
		while (below < a_count && a[below] < b[i] + shift)
			below++;
		while (upto < a_count && a[upto] <= b[i] + shift)
			upto++;
		u += (below + upto) / 2.0;
	}
	return u;
}

/* In how many ways a_count values can stand among all: the binomial coefficient. */
static double arrangements(size_t a_count, size_t b_count)
{
	double ways = 1;

	for (size_t i = 1; i <= a_count; i++)
		ways = ways * (b_count + i) / i;
	return ways;
}

/*
 * How many arrangements have a U of at most @u: the first coefficients of the Gaussian binomial
 *
 *	product over i = 1..a_count of (1 - q^(b_count + i)) / (1 - q^i)
 *
 * summed up. Each quotient is a polynomial with whole coefficients, none above arrangements().
 */
static double arrangements_up_to(size_t u, size_t a_count, size_t b_count)
{
	double *ways = sg_calloc(u + 1, sizeof(*ways)), sum = 0;

	ways[0] = 1;
	for (size_t i = 1; i <= a_count; i++) {
		for (size_t k = u; k >= b_count + i; k--)
			ways[k] -= ways[k - b_count - i];
		for (size_t k = i; k <= u; k++)
			ways[k] += ways[k - i];
	}
	for (size_t k = 0; k <= u; k++)
		sum += ways[k];
	free(ways);
	return sum;
}

/* @ties: the sum of t^3 - t over all groups of t equal values. */
static double normal_p(double u, size_t a_count, size_t b_count, double ties)
{
	double n = a_count + b_count, pairs = (double)a_count * b_count;
	double variance = pairs / 12 * (n + 1 - ties / (n * (n - 1)));
	double reach = fabs(u - pairs / 2) - 0.5;

	return reach > 0 && variance > 0 ? erfc(reach / sqrt(2 * variance)) : 1;
}

double mann_whitney_p(double u, size_t a_count, size_t b_count)
{
	double all = arrangements(a_count, b_count);

	if (all > EXACT_MAX)
		return normal_p(u, a_count, b_count, 0);
	return fmin(2 * arrangements_up_to(fmin(u, a_count * b_count - u), a_count, b_count) / all,
		    1);
}

/* As normal_p() takes it, of both samples together. */
static double ties_of(const double *a, size_t a_count, const double *b, size_t b_count)
{
	size_t count = a_count + b_count;
	double *all = sg_malloc(count * sizeof(*all)), ties = 0;

	memcpy(all, a, a_count * sizeof(*all));
	memcpy(all + a_count, b, b_count * sizeof(*all));
	sorted_in_place(all, count);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && all[to] == all[from];)
			to++;

		double equal = to - from;

		ties += equal * equal * equal - equal;
	}
	free(all);
	return ties;
}

double stats_mann_whitney(const double *a, size_t a_count, const double *b, size_t b_count)
{
	if (!a_count || !b_count)
		return 1;

	double *sorted_a = sorted_copy(a, a_count), *sorted_b = sorted_copy(b, b_count);
	double u = mann_whitney_u(sorted_a, a_count, sorted_b, b_count, 0);
	double ties = ties_of(a, a_count, b, b_count);

	free(sorted_a);
	free(sorted_b);
	return ties > 0 ? normal_p(u, a_count, b_count, ties) : mann_whitney_p(u, a_count, b_count);
}
