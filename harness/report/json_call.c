/* SPDX-License-Identifier: MIT */
#include "harness/report/json_call.h"

#include "filters/gen/gen.h"
#include "harness/base/alloc.h"
#include "harness/base/buf.h"

json_t *report_json_verdict(uint32_t verdict)
{
	struct sg_buf text = {0};
	json_t *json;

	abi_verdict_text(verdict, &text);
	json = json_string(sg_buf_text(&text));
	sg_buf_release(&text);
	return json;
}

json_t *report_json_arch(const struct abi_tuple *tuple)
{
	const struct abi_arch *arch = gen_call_arch(tuple);

	return arch ? json_string(arch->name) : sg_json_hex(tuple->arch);
}

json_t *report_json_syscall(const struct abi_tuple *tuple)
{
	const struct abi_arch *arch = gen_call_arch(tuple);
	const char *name = arch ? abi_name(arch, tuple->nr) : NULL;

	return name ? json_string(name) : json_null();
}

json_t *report_json_tuple(const struct abi_tuple *tuple)
{
	return json_pack("{s:o, s:o, s:I, s:o, s:o}", "arch", report_json_arch(tuple), "syscall",
			 report_json_syscall(tuple), "nr", (json_int_t)tuple->nr, "ip",
			 sg_json_hex(tuple->ip), "args",
			 sg_json_hex_list(tuple->args, SG_COUNT(tuple->args)));
}
