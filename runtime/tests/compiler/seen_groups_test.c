// SPDX-License-Identifier: MIT
/*
 * Which kernels can tell what is in their group: of these groups must divide the index
 * space, and of the others they need not, which is much faster where nothing divides it. And
 * which are to have narrow groups, since they go through memory along the second dimension.
 */
#include <string.h>

#include "check.h"
#include "compiler/compiler.h"
#include "compiler/container.h"
#include "compiler/description.h"
#include "program/build_options.h"
#include "util/alloc.h"

static const struct tandem_compile_target target = {
	.features = "cl_khr_fp64 __opencl_c_fp64 "
		    "__opencl_c_work_group_collective_functions __opencl_c_atomic_order_acq_rel "
		    "__opencl_c_atomic_order_seq_cst __opencl_c_atomic_scope_device "
		    "__opencl_c_generic_address_space",
	.max_group = 4096,
};

static const struct {
	const char *name, *body;
	bool sees_groups, prefers_narrow;
} kernels[] = {
	{ "nothing", "", false },
	{ "id", "out[get_global_id(0)] = 1;", false },
	{ "size", "out[get_global_id(1)] = get_global_size(0) + get_global_size(1);", false },
	{ "offset", "out[get_global_id(0) - get_global_offset(0)] = get_work_dim();", false },
	{ "linear_id", "out[get_global_linear_id()] = 1;", false },
	{ "id_of_none", "out[get_global_id(3)] = get_local_size(3);", false },
	{ "loop", "for (int i = 0; i < get_global_id(0); i++) out[i] += i;", false },
	{ "atomic", "atomic_inc((volatile global int *)out);", false },
	{ "unused", "size_t unused = get_local_id(0) * get_group_id(1); out[0] = 1;", false },
	{ "local_id", "out[get_global_id(0)] = get_local_id(0);", true },
	{ "local_size", "out[get_global_id(0)] = get_local_size(1);", true },
	{ "enqueued_local_size", "out[get_global_id(0)] = get_enqueued_local_size(2);", true },
	{ "group_id", "out[get_global_id(0)] = get_group_id(2);", true },
	{ "group_count", "out[get_global_id(0)] = get_num_groups(0);", true },
	{ "local_linear_id", "out[get_local_linear_id()] = 1;", true },
	{ "any_dimension", "out[0] = get_local_id(out[1]);", true },
	{ "barrier_only", "out[0] = 1; barrier(CLK_GLOBAL_MEM_FENCE); out[1] = 1;", true },
	{ "collective", "out[get_global_id(0)] = work_group_reduce_add(1);", true },
	{ "local_variable", "local int shared; shared = out[0]; out[1] = shared;", true },
	{ "local_argument", "out[0] = *argument;", true },
	{ "prints", "printf(\"%d\\n\", out[0]);", true },
	{ "rows", "int y = get_global_id(1); out[y * n + get_global_id(0)] = y;", false },
	{ "few_words", "out[get_global_id(0) * 4 + get_global_id(1)] = n;", false },
	{ "columns", "int y = get_global_id(1); out[get_global_id(0) * n + y] = y;", false, true },
	{ "loads",
	  "int y = get_global_id(1); out[y * n + get_global_id(0)] ="
	  " out[(get_global_id(0) << 12) + y];",
	  false, true },
	{ "scatters", "int y = get_global_id(1); out[out[get_global_id(0)] * n + y] = y;", false },
	{ "no_rows", "out[get_global_id(0) * n] = n;", false },
	{ "loop_of_columns",
	  "int s = 0; for (int j = 0; j < n; j++) s = s * 3 + out[j];"
	  " out[get_global_id(0) * n + get_global_id(1)] = s;",
	  false },
};

static void add_kernel(struct tandem_text *source, size_t i)
{
	bool has_argument = !strcmp(kernels[i].name, "local_argument");

	tandem_text_print(source, "kernel void %s(global int *out%s)\n{\n\t%s\n}\n",
			  kernels[i].name, has_argument ? ", local int *argument" : ", int n",
			  kernels[i].body);
}

static void check_kernel(size_t k, bool optimise, const struct tandem_description *description)
{
	const struct tandem_kernel_info *info = &description->kernels[0].info;

	check_equal(1, description->kernel_count);
	check(info->sees_groups == kernels[k].sees_groups, "%s %s its group", kernels[k].name,
	      info->sees_groups ? "sees" : "does not see");
	check(info->prefers_narrow_groups == (optimise && kernels[k].prefers_narrow),
	      "%s is to have %s groups", kernels[k].name,
	      info->prefers_narrow_groups ? "narrow" : "long");
}

/* In a program of its own: of many kernels in one, some things are known later only. */
static void check_with(size_t k, bool optimise)
{
	const struct tandem_build_options options = { .standard = "CL3.0", .optimise = optimise };
	struct tandem_text source = { 0 }, log = { 0 };
	struct tandem_compile_input input = { .options = &options };
	struct tandem_description description;
	const struct tandem_container_bytes *section;
	struct tandem_container container;
	struct tandem_binary binary = { 0 };
	int error;

	add_kernel(&source, k);
	input.source = tandem_text_string(&source);
	input.length = source.length;
	error = tandem_compiler_build(&target, &input, &binary, &log);
	check_fatal(!error, "error %d: %s", error, tandem_text_string(&log));
	check_fatal(!tandem_container_read(&container, binary.bytes, binary.length), "container");
	section = &container.sections[TANDEM_SECTION_DESCRIPTION];
	check_fatal(!tandem_description_read(&description, section->bytes, section->length),
		    "reading");
	check_kernel(k, optimise, &description);
	tandem_description_finish(&description);
	tandem_binary_finish(&binary);
	tandem_text_finish(&source);
	tandem_text_finish(&log);
}

int main(void)
{
	if (!tandem_compiler_is_available())
		check_skip("the compiler is not there");
	/* Unoptimised code is translated another way. */
	for (size_t k = 0; k < TANDEM_ARRAY_SIZE(kernels); k++) {
		check_with(k, true);
		check_with(k, false);
	}
	return check_result();
}
