/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: what a path demands of one 32-bit input word v, and whether some v meets a
 * set of demands. Every branch on a word, or on a word after AND, is a demand and its negation.
 */
#ifndef SG_CBPF_DEMAND_H
#define SG_CBPF_DEMAND_H

#include <stddef.h>
#include <stdint.h>

enum cbpf_relation { CBPF_EQ, CBPF_NE, CBPF_GT, CBPF_LE };

/* (v & mask) RELATION k, unsigned */
struct cbpf_demand {
	enum cbpf_relation relation;
	uint32_t mask, k;
};

struct cbpf_demand cbpf_demand_not(struct cbpf_demand demand);

enum cbpf_answer { CBPF_MET, CBPF_UNMEETABLE, CBPF_GAVE_UP };

/*
 * Finds a word that meets every one of @demands, which are put into another order. Exact, except
 * that it gives up where *budget, the number of demands it may look at, is used up; what is left
 * of the budget is handed back.
 */
enum cbpf_answer cbpf_demands_meet(struct cbpf_demand *demands, size_t count, uint64_t *budget,
				   uint32_t *ret_word);

#endif
