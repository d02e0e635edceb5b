/* SPDX-License-Identifier: MIT */
/*
 * What the formats share: who is listed where, the sentences for people, the call of a finding.
 * Names pass sg_clean() or sg_clean_json(). Private to the room.
 */
#ifndef SG_GATE_FORMAT_H
#define SG_GATE_FORMAT_H

#include "harness/base/clean.h"
#include "harness/gate/gate.h"

/* Where a check is listed: each in exactly one place. */
enum gate_place { GATE_WORSE, GATE_UNTOLD, GATE_BETTER, GATE_AS_BEFORE, GATE_PLACE_COUNT };
enum gate_place gate_place_of(const struct gate_check *check);
size_t gate_place_count(const struct gate_report *report, enum gate_place place);

/* "The gate fails: 3 of 214 checks got worse, 1 could not be told (new.json against old.json)." */
void gate_outcome_sentence(const struct gate_report *report, struct sg_buf *out);
/* "12 proof, 24 filter_insns": what is as before, by kind; nothing when there is none. */
void gate_as_before(const struct gate_report *report, struct sg_buf *out);
/* The notes, why no times were compared, and that it was interrupted: one line each. */
void gate_remarks(const struct gate_report *report, struct sg_strv *ret);

/* The call of a finding. */
const char *gate_finding_arch(const struct gate_finding *finding, struct sg_buf *scratch);
const char *gate_finding_call(const struct gate_finding *finding); /* NULL: no call's number */

#endif
