/* SPDX-License-Identifier: MIT */
#include "harness/cmd/cmd.h"
#include "harness/cmd/options.h"
#include "harness/cmd/print.h"
#include "harness/run/env.h"

struct args {
	bool json;
};

enum { OPT_JSON = 1 };

static const struct argp_option options[] = {
	{"json", OPT_JSON, NULL, 0, "as JSON: a list of capability, usable, reason", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case OPT_JSON: args->json = true; return 0;
	case ARGP_KEY_ARG: cmd_usage_error("doctor: takes no operand, got '%s'", arg);
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {options,
				 parse,
				 NULL,
				 "What of this machine's kernel, privileges and tools is usable, "
				 "and what each missing thing "
				 "costs. Nothing is changed; every probe runs in a child.",
				 NULL,
				 NULL,
				 NULL};

static void facts(struct sg_buf *out)
{
	struct run_env env = {0};

	run_env_read(&env);
	sg_buf_addf(out, "kernel       %s (%s), %s\n", env.kernel, env.machine, env.virtualisation);
	sg_buf_addf(out, "processor    %s, %u of %u usable\n", env.cpu, env.cpus_allowed,
		    env.cpus_online);
	sg_buf_addf(out, "BPF          JIT %s, hardening %s, bitmap %s\n", env.bpf_jit,
		    env.bpf_jit_harden, env.bitmap ? "yes" : "no");
	sg_buf_addf(out, "clock        %s through %s\n", env.clock_source, env.clock);
	sg_buf_addf(out, "mitigations  spec_store_bypass: %s; seccomp implies SSBD: %s\n\n",
		    env.spec_store_bypass, env.seccomp_implies_ssbd);
}

static void verdicts(const struct run_capability *caps, int count, struct sg_buf *out)
{
	for (int i = 0; i < count; i++) {
		sg_buf_addf(out, "%-3s %-20s %s\n", caps[i].usable ? "yes" : "no", caps[i].name,
			    caps[i].usable ? "" : caps[i].reason);
		if (!caps[i].usable)
			sg_buf_addf(out, "    %-20s   without it: %s\n", "", caps[i].cost);
	}
}

static json_t *as_json(const struct run_capability *caps, int count)
{
	json_t *list = json_array();

	for (int i = 0; i < count; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:b, s:s, s:s}", "capability", caps[i].name,
						"usable", caps[i].usable, "reason", caps[i].reason,
						"cost", caps[i].cost));
	return list;
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct run_capability caps[RUN_CAPABILITY_MAX];
	struct sg_buf out = {0};

	cmd_parse(&argp, "doctor", argc, argv, &args);

	int count = run_capabilities(caps);

	if (args.json)
		return cmd_put_json(as_json(caps, count), CMD_OK);
	facts(&out);
	verdicts(caps, count, &out);
	return cmd_put(&out, CMD_OK);
}

const struct cmd cmd_doctor = {"doctor", "what of this machine is usable, and what is lost", run};
