// SPDX-License-Identifier: MIT
/*
 * il-programs FOLDER: programs from SPIR-V, of the modules in FOLDER: specialization constants,
 * linking with OpenCL C, binaries, what is told of them, and modules that are wrong.
 *
 * il-programs FOLDER endless: with a translator that writes without an end.
 */
#include <string.h>

#include "api/immutable.h"
#include "il.h"

#define CONSTANTS 8
#define ITEMS	  64

static const char *folder;
static struct test_setup setup;

/* ---- running ---- */

static void run_groups(cl_program program, const char *name, void *values, size_t bytes,
		       size_t items, const size_t *group)
{
	cl_kernel kernel = test_kernel(program, name);
	cl_mem buffer = test_buffer(setup.context, bytes, values);

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(
		clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, group, 0, NULL, NULL));
	check_success(
		clEnqueueReadBuffer(setup.queue, buffer, CL_TRUE, 0, bytes, values, 0, NULL, NULL));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
}

static void run(cl_program program, const char *name, void *values, size_t bytes, size_t items)
{
	run_groups(program, name, values, bytes, items, NULL);
}

/* ---- specialization constants ---- */

static void check_constants(cl_program program, const cl_ulong *expected)
{
	cl_ulong values[CONSTANTS] = { 0 };

	il_build(program, setup.device);
	run(program, "constants", values, sizeof(values), 1);
	for (int i = 0; i < CONSTANTS; i++)
		check(values[i] == expected[i], "constant %d is %llu, not %llu", i + 1,
		      (unsigned long long)values[i], (unsigned long long)expected[i]);
}

static void set(cl_program program, cl_uint id, size_t bytes, const void *value)
{
	check_success(clSetProgramSpecializationConstant(program, id, bytes, value));
}

/* As they are, all set, one set again: each time the program is another, in the cache too. */
static void check_specialization(void)
{
	struct il_file module = il_read_module(folder, "constants");
	cl_program program = il_program(setup.context, &module);
	const cl_ulong as_they_are[CONSTANTS] = { 11, 12, 13, 14, 15, 16, 1, 28 };
	const cl_ulong set_all[CONSTANTS] = { 0xf1, 0xfff2,	0xfffffff3, 1ull << 40,
					      25,   1ull << 50, 0,	    1ull << 41 };
	const cl_ulong set_one[CONSTANTS] = { 0xf1, 0xfff2,	7, 1ull << 40,
					      25,   1ull << 50, 0, 1ull << 41 };
	const cl_uchar byte = 0xf1, no = 0;
	const cl_ushort two = 0xfff2;
	const cl_uint four = 0xfffffff3, seven = 7;
	const cl_ulong eight = 1ull << 40;
	const cl_float real = 25.5f;
	const cl_double wide = (cl_double)(1ull << 50);

	test_step("specialization");
	check_constants(program, as_they_are);
	set(program, 1, sizeof(byte), &byte);
	set(program, 2, sizeof(two), &two);
	set(program, 3, sizeof(four), &four);
	set(program, 4, sizeof(eight), &eight);
	set(program, 5, sizeof(real), &real);
	set(program, 6, sizeof(wide), &wide);
	set(program, 7, sizeof(no), &no);
	check_constants(program, set_all);
	set(program, 3, sizeof(seven), &seven);
	check_constants(program, set_one);
	set(program, 3, sizeof(four), &four);
	check_constants(program, set_all);
	check_success(clReleaseProgram(program));
	/* Another program of the same module has the module's own values. */
	program = il_program(setup.context, &module);
	check_constants(program, as_they_are);
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* ---- launching ---- */

/* What is not OpenCL C of a version has groups of any size. */
static void check_uneven_groups(void)
{
	const size_t items = 3, group = 2;
	struct il_file module = il_read_module(folder, "constants");
	cl_program program = il_program(setup.context, &module);
	cl_mem buffer = test_buffer(setup.context, CONSTANTS * sizeof(cl_ulong), NULL);
	cl_kernel kernel;

	test_step("uneven groups");
	il_build(program, setup.device);
	kernel = test_kernel(program, "constants");
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, &group, 0, NULL,
					     NULL));
	check_success(clFinish(setup.queue));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* ---- linking ---- */

static cl_program compiled_source(const char *source)
{
	cl_int code;
	cl_program program = clCreateProgramWithSource(setup.context, 1, &source, NULL, &code);

	check_success_fatal(code);
	check_success_fatal(clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL));
	return program;
}

static cl_program compiled_module(const char *name)
{
	struct il_file module = il_read_module(folder, name);
	cl_program program = il_program(setup.context, &module);
	cl_program no_header = program;
	const char *header_name = "ignored.h";

	/* Headers mean nothing to it, not even one that has no source. */
	check_success_fatal(
		clCompileProgram(program, 0, NULL, NULL, 1, &no_header, &header_name, NULL, NULL));
	il_free(&module);
	return program;
}

static void check_product(cl_program program, const char *name, cl_uint factor)
{
	cl_uint values[ITEMS];

	for (cl_uint i = 0; i < ITEMS; i++)
		values[i] = i + 1;
	run(program, name, values, sizeof(values), ITEMS);
	for (cl_uint i = 0; i < ITEMS; i++)
		check_equal((i + 1) * factor, values[i]);
}

/* A module need not say that it does not write through a pointer. */
static void check_immutable(cl_program program, const char *name)
{
	cl_uint values[ITEMS] = { 0 };
	cl_int code;
	cl_mem buffer = clCreateBuffer(setup.context, CL_MEM_IMMUTABLE_EXT | CL_MEM_COPY_HOST_PTR,
				       sizeof(values), values, &code);
	cl_kernel kernel = test_kernel(program, name);

	check_success_fatal(code);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(buffer));
}

static const char source[] = "uint thrice(uint x);"
			     "uint twice(uint x) { return 2 * x; }"
			     "kernel void nine_times(global uint *out)"
			     "{ size_t i = get_global_id(0); out[i] = thrice(thrice(out[i])); }";

/* Each calls a function of the other. */
static cl_program check_linking(void)
{
	cl_program inputs[] = { compiled_module("linked"), compiled_source(source) };
	cl_program program, library;
	cl_int code;

	test_step("linking");
	program = clLinkProgram(setup.context, 0, NULL, NULL, 2, inputs, NULL, NULL, &code);
	check_success_fatal(code);
	check_product(program, "six_times", 6);
	check_product(program, "nine_times", 9);
	check_immutable(program, "six_times");
	library = clLinkProgram(setup.context, 0, NULL, "-create-library", 1, inputs, NULL, NULL,
				&code);
	check_success_fatal(code);
	check_success(clReleaseProgram(inputs[0]));
	inputs[0] = library;
	check_success(clReleaseProgram(program));
	program = clLinkProgram(setup.context, 0, NULL, NULL, 2, inputs, NULL, NULL, &code);
	check_success_fatal(code);
	check_product(program, "six_times", 6);
	for (int i = 0; i < 2; i++)
		check_success(clReleaseProgram(inputs[i]));
	return program;
}

/* ---- binaries ---- */

static void check_binary(cl_program program)
{
	size_t length = 0;
	unsigned char *bytes;
	cl_int code, status = 1;
	cl_program again;

	test_step("binaries");
	bytes = test_binary(program, &length);
	again = clCreateProgramWithBinary(setup.context, 1, &setup.device, &length,
					  (const unsigned char **)&bytes, &status, &code);
	check_success_fatal(code);
	il_build(again, setup.device);
	check_product(again, "six_times", 6);
	check_equal(CL_INVALID_PROGRAM,
		    clSetProgramSpecializationConstant(again, 1, sizeof(length), &length));
	check_success(clReleaseProgram(again));
	free(bytes);
}

/* ---- what is told ---- */

static void check_il(cl_program program, const struct il_file *module)
{
	unsigned char *bytes = malloc(module->length);
	size_t length = 0;
	char text[4] = "?";

	check_success(clGetProgramInfo(program, CL_PROGRAM_IL, 0, NULL, &length));
	check_equal(module->length, length);
	check_success(clGetProgramInfo(program, CL_PROGRAM_IL, length, bytes, NULL));
	check(bytes && !memcmp(bytes, module->bytes, length), "other bytes");
	check_equal(CL_INVALID_VALUE,
		    clGetProgramInfo(program, CL_PROGRAM_IL, length - 1, bytes, NULL));
	check_success(clGetProgramInfo(program, CL_PROGRAM_SOURCE, sizeof(text), text, NULL));
	check(!text[0], "the source is '%s'", text);
	free(bytes);
}

/* The size of groups is the module's; of its arguments it has no names, but some has. */
static void check_told(cl_program linked)
{
	struct il_file module = il_read_module(folder, "reversed");
	cl_program program = il_program(setup.context, &module);
	cl_kernel kernel, named = test_kernel(linked, "six_times");
	size_t group[3] = { 0 };
	char name[8] = "";

	test_step("what is told");
	check_il(program, &module);
	il_build(program, setup.device);
	check_il(program, &module);
	kernel = test_kernel(program, "reversed");
	check_success(clGetKernelWorkGroupInfo(kernel, setup.device,
					       CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof(group),
					       group, NULL));
	check(group[0] == 16 && group[1] == 1 && group[2] == 1, "groups of %zu, %zu, %zu", group[0],
	      group[1], group[2]);
	check_equal(CL_KERNEL_ARG_INFO_NOT_AVAILABLE,
		    clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_NAME, sizeof(name), name, NULL));
	check_success(clGetKernelArgInfo(named, 0, CL_KERNEL_ARG_NAME, sizeof(name), name, NULL));
	check(!strcmp(name, "out"), "the argument is '%s'", name);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseKernel(named));
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* In the other byte order, and without the extension's name or with it. */
static void check_reversed(void)
{
	struct il_file module = il_read_module(folder, "reversed");
	clCreateProgramWithILKHR_fn create =
		(clCreateProgramWithILKHR_fn)clGetExtensionFunctionAddressForPlatform(
			setup.platform, "clCreateProgramWithILKHR");
	cl_uint values[ITEMS];
	cl_program program;
	cl_int code;

	test_step("the other byte order");
	for (size_t i = 0; i + 4 <= module.length; i += 4) {
		unsigned char word[4];

		memcpy(word, module.bytes + i, 4);
		for (int j = 0; j < 4; j++)
			module.bytes[i + j] = word[3 - j];
	}
	check_fatal(create, "no clCreateProgramWithILKHR");
	program = create(setup.context, module.bytes, module.length, &code);
	check_success_fatal(code);
	check_il(program, &module);
	il_build(program, setup.device);
	for (cl_uint i = 0; i < ITEMS; i++)
		values[i] = i;
	run(program, "reversed", values, sizeof(values), ITEMS);
	for (cl_uint i = 0; i < ITEMS; i++)
		check_equal((i & ~15u) + 15 - i % 16, values[i]);
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* ---- what is wrong ---- */

static void check_refused(const struct il_file *module, const char *said)
{
	cl_program program = il_program(setup.context, module);
	cl_build_status status = CL_BUILD_NONE;
	char *log;

	check_equal(CL_BUILD_PROGRAM_FAILURE, clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_success(clGetProgramBuildInfo(program, setup.device, CL_PROGRAM_BUILD_STATUS,
					    sizeof(status), &status, NULL));
	check_equal(CL_BUILD_ERROR, status);
	log = il_log(program, setup.device);
	check(strstr(log, said), "'%s' is not in the log: %s", said, log);
	check(!strstr(log, "Stack dump"), "a report of a crash: %s", log);
	free(log);
	check_equal(CL_COMPILE_PROGRAM_FAILURE,
		    clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL));
	check_success(clReleaseProgram(program));
}

static void check_wrong(cl_uint word, cl_uint value, const char *said)
{
	struct il_file module = il_read_module(folder, "reversed");

	memcpy(module.bytes + word * sizeof(value), &value, sizeof(value));
	check_refused(&module, said);
	il_free(&module);
}

/* It compiles; but alone there is no program of it. */
static void check_unlinked(void)
{
	struct il_file module = il_read_module(folder, "linked");
	cl_program program = il_program(setup.context, &module);
	char *log;

	check_equal(CL_BUILD_PROGRAM_FAILURE, clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	log = il_log(program, setup.device);
	check(strstr(log, "undefined function 'twice'"), "%s", log);
	free(log);
	check_success(clReleaseProgram(program));
	il_free(&module);
}

static void check_refused_module(const char *name, const char *said)
{
	struct il_file module = il_read_module(folder, name);

	check_refused(&module, said);
	il_free(&module);
}

/* The translator is at work before it is known whether a module is valid. */
static void check_endless_translator(void)
{
	test_step("an endless translator");
	check_refused_module("moved_type", "error: the SPIR-V is not valid");
}

/* What the validator lets pass, and a translator may end over. */
static void check_unknown(void)
{
	struct il_file module = il_read_module(folder, "unknown");
	cl_program program = il_program(setup.context, &module);
	cl_int code = clBuildProgram(program, 0, NULL, NULL, NULL, NULL);
	char *log = il_log(program, setup.device);

	check(code == CL_SUCCESS || code == CL_BUILD_PROGRAM_FAILURE, "code %d", code);
	check(code == CL_SUCCESS || strstr(log, "does not translate"), "%s", log);
	check(!strstr(log, "Stack dump"), "a report of a crash: %s", log);
	free(log);
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* A function that is nowhere; a capability that is another, or means nothing. */
static void check_errors(void)
{
	test_step("errors");
	check_unlinked();
	check_wrong(6, 0, "error");
	check_wrong(6, 5, "OpMemoryModel Physical64 OpenCL");
	/* What is not valid is repaired like all else before it is found out. */
	check_refused_module("moved_type", "error: the SPIR-V is not valid");
	check_unknown();
}

/* Of a pair, values[0..1], and four, [4..7], into [8..15] and [16..23]. */
static void check_vectors(void)
{
	static const cl_uint expected[16] = { 4, 5, 6, 7, 0, 1, 1, 0, 1, 0, 4, 5, 6, 7, 0, 4 };
	struct il_file module = il_read_module(folder, "vectors");
	cl_program program = il_program(setup.context, &module);
	cl_uint values[24];

	test_step("vectors of different types");
	il_build(program, setup.device);
	for (cl_uint i = 0; i < 24; i++)
		values[i] = i;
	run(program, "vectors", values, sizeof(values), 1);
	for (cl_uint i = 0; i < 16; i++) {
		/* One component may have any value. */
		if (i != 14)
			check(values[8 + i] == expected[i], "component %u is %u, not %u", i,
			      values[8 + i], expected[i]);
	}
	check_success(clReleaseProgram(program));
	il_free(&module);
}

#define NOVELTIES     24
#define NOVELTY_ITEMS 8

/* What SPIR-V up to 1.4 brought, in each item as if it were alone. */
static void check_novelties(void)
{
	/* The 2nd to 5th number depend on the item. */
	static const cl_uint first[NOVELTIES] = { 6, 0, 0,  0,	0, 6, 240, 1, 2,  3, 4, 5,
						  0, 0, 10, 10, 1, 1, 1,   1, 10, 1, 1, 1 };
	static const cl_uint others[NOVELTIES] = { 6, 0, 0,  0,	 0, 6, 240, 5, 0,  0, 4, 1,
						   2, 3, 10, 10, 5, 5, 5,   5, 10, 5, 5, 5 };
	struct il_file module = il_read_module(folder, "novelties");
	cl_program program = il_program(setup.context, &module);
	cl_uint values[NOVELTY_ITEMS * NOVELTIES] = { 0 };

	test_step("novelties");
	il_build(program, setup.device);
	run(program, "novelties", values, sizeof(values), NOVELTY_ITEMS);
	for (cl_uint i = 0; i < NOVELTY_ITEMS * NOVELTIES; i++) {
		cl_uint item = i / NOVELTIES, expected = (item ? others : first)[i % NOVELTIES];

		switch (i % NOVELTIES) {
		case 1:
			expected = item * NOVELTIES;
			break;
		case 2:
			expected = -(item * NOVELTIES / 4);
			break;
		case 3:
			expected = !item;
			break;
		case 4:
			expected = !!item;
			break;
		}
		check(values[i] == expected, "number %u of item %u is %u, not %u", i % NOVELTIES,
		      item, values[i], expected);
	}
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* Squares of the items' numbers and 1 or 3. */
static void check_translated(void)
{
	struct il_file module = il_read_module(folder, "translated");
	cl_program program = il_program(setup.context, &module);
	cl_uint values[8];

	test_step("what translators write");
	il_build(program, setup.device);
	for (cl_uint i = 0; i < 8; i++)
		values[i] = i;
	run(program, "translated", values, sizeof(values), 8);
	for (cl_uint i = 0; i < 8; i++)
		check_equal(i * i + (i == 1 ? 1 : 3), values[i]);
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* ---- SPV_INTEL_subgroups ---- */

#define ROW	     16
#define READ_ROW     64
#define WRITTEN_ROW  80
#define SHUFFLE_ROWS 88
#define NEXT	     1000
/* The values of a row that come from up to three lanes further. */
#define FAR_VALUES (1u << 3 | 1u << 4 | 1u << 5 | 1u << 7 | 1u << 9)

/* What lane @lane of a sub-group whose first item is @first has, or, behind its end, the next. */
static cl_uint shuffled(cl_uint first, cl_uint size, cl_uint lane)
{
	return lane < size ? first + lane : first + lane - size + NEXT;
}

/* A row is what work-item @item found: its lane, the size of sub-groups, values of others. */
static void check_row(const cl_uint *values, cl_uint item)
{
	const cl_uint *row = values + item * ROW, *read = values + READ_ROW * ROW;
	cl_uint lane = row[0], size = row[1], first = item - lane;
	const cl_uint expected[ROW] = {
		[2] = first + size - 1 - lane,
		[3] = first + (lane ^ 1),
		[4] = shuffled(first, size, lane + 3),
		[5] = lane < 3 ? first + size - 3 + lane + NEXT : item - 3,
		[6] = first,
		[7] = first + (lane ^ 2),
		[8] = shuffled(first, size, 2 * lane),
		[9] = first + (lane ^ 1),
		[10] = read[4 * first + lane],
		[11] = read[4 * first + lane + size],
		[12] = read[4 * first + lane + 2 * size],
		[13] = read[4 * first + lane + 3 * size],
		[14] = (cl_ushort)(read[item / 2] >> 16 * (item % 2)),
		[15] = read[2 * item],
	};

	for (int i = 2; i < ROW; i++) {
		bool is_any = size < 4 && FAR_VALUES >> i & 1;

		check(is_any || row[i] == expected[i],
		      "value %d of item %u, of lane %u of %u, is %u, not %u", i, item, lane, size,
		      row[i], expected[i]);
	}
	for (cl_uint i = 0; i < 2; i++)
		check_equal(item + 100 * i,
			    values[WRITTEN_ROW * ROW + 2 * first + lane + i * size]);
}

static void check_shuffled(void)
{
	struct il_file module = il_read_module(folder, "shuffled");
	cl_program program = il_program(setup.context, &module);
	cl_uint values[SHUFFLE_ROWS * ROW];
	const size_t items = ITEMS;

	test_step("shuffles by SPV_INTEL_subgroups");
	il_build(program, setup.device);
	for (cl_uint i = 0; i < SHUFFLE_ROWS * ROW; i++)
		values[i] = i * 0x10003;
	/* One group, so that all its sub-groups have all their work-items. */
	run_groups(program, "shuffled", values, sizeof(values), items, &items);
	for (cl_uint item = 0; item < ITEMS; item++) {
		cl_uint lane = values[item * ROW], size = values[item * ROW + 1];

		check_fatal(lane < size && lane <= item && size <= ITEMS &&
				    item - lane + size <= ITEMS,
			    "item %u is lane %u of %u", item, lane, size);
		check_row(values, item);
	}
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* ---- images ---- */

static cl_mem make_image(cl_channel_type type, const void *pixels)
{
	const cl_image_format format = { CL_RGBA, type };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = 2,
				     .image_height = 1 };
	cl_int code;
	cl_mem image = clCreateImage(setup.context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
				     &format, &desc, (void *)pixels, &code);

	check_success_fatal(code);
	return image;
}

#define IMAGE_NUMBERS 16

/* Runs kernel images on two images of 2 pixels; gives what it writes. */
static void run_images(cl_kernel kernel, cl_mem from, cl_mem to, cl_int *numbers)
{
	cl_mem buffer = test_buffer(setup.context, IMAGE_NUMBERS * sizeof(*numbers), NULL);
	const size_t items = 1;

	check_success(clSetKernelArg(kernel, 0, sizeof(from), &from));
	check_success(clSetKernelArg(kernel, 1, sizeof(to), &to));
	check_success(clSetKernelArg(kernel, 2, sizeof(buffer), &buffer));
	check_success(
		clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup.queue, buffer, CL_TRUE, 0,
					  IMAGE_NUMBERS * sizeof(*numbers), numbers, 0, NULL,
					  NULL));
	check_success(clReleaseMemObject(buffer));
}

static void check_pixels(cl_program program, cl_channel_type type, const cl_short *pixels,
			 cl_channel_type target_type, const cl_uchar *expected, cl_int format)
{
	const size_t origin[3] = { 0 }, region[3] = { 2, 1, 1 };
	cl_mem from = make_image(type, pixels), to = make_image(target_type, pixels);
	cl_kernel kernel = test_kernel(program, "images");
	cl_int numbers[IMAGE_NUMBERS] = { 0 };
	cl_uchar written[8] = { 0 };

	run_images(kernel, from, to, numbers);
	for (int i = 0; i < 8; i++) {
		cl_int pixel = type == CL_UNSIGNED_INT16 ? (cl_ushort)pixels[i] : pixels[i];

		check_equal(pixel, numbers[i]);
		if (i >= 4)
			check_equal(pixel, numbers[8 + i]);
	}
	/* RGBA, and the size. */
	check(numbers[8] == format && numbers[9] == 5 && numbers[10] == 2 && numbers[11] == 1,
	      "%d, %d, %d, %d", numbers[8], numbers[9], numbers[10], numbers[11]);
	check_success(clEnqueueReadImage(setup.queue, to, CL_TRUE, origin, region, 0, 0, written, 0,
					 NULL, NULL));
	for (int i = 0; i < 8; i++)
		check_equal(expected[i], written[i]);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(from));
	check_success(clReleaseMemObject(to));
}

/* The sign of whole numbers is the image's. SPIR-V numbers formats from 0 on. */
static void check_images(void)
{
	static const cl_short pixels[8] = { 1, -2, 200, 300, -200, 127, 128, -1 };
	static const cl_uchar naturals[8] = { 1, 255, 200, 255, 255, 127, 128, 255 };
	static const cl_uchar wholes[8] = { 1, 0xfe, 127, 127, 0x80, 127, 127, 0xff };
	struct il_file module = il_read_module(folder, "images");
	cl_program program = il_program(setup.context, &module);
	cl_bool has_images = CL_FALSE;

	test_step("images");
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_IMAGE_SUPPORT, sizeof(has_images),
				      &has_images, NULL));
	if (has_images) {
		il_build(program, setup.device);
		check_pixels(program, CL_UNSIGNED_INT16, pixels, CL_UNSIGNED_INT8, naturals, 11);
		check_pixels(program, CL_SIGNED_INT16, pixels, CL_SIGNED_INT8, wholes, 8);
	}
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* What a kernel makes no use of is an image and a sampler all the same. */
static void check_unread_images(void)
{
	struct il_file module = il_read_module(folder, "unread_image");
	cl_program program = il_program(setup.context, &module);
	cl_mem buffer = test_buffer(setup.context, sizeof(cl_uint), NULL);
	cl_kernel kernel;

	test_step("images that are not read");
	il_build(program, setup.device);
	kernel = test_kernel(program, "unread");
	check_equal(CL_INVALID_MEM_OBJECT, clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_equal(CL_INVALID_SAMPLER, clSetKernelArg(kernel, 1, sizeof(buffer), &buffer));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	il_free(&module);
}

int main(int count, char **arguments)
{
	cl_program linked;

	if (count < 2)
		check_skip("the modules are not made: spirv-as is missing");
	folder = arguments[1];
	setup = test_open();
	il_require(setup.device);
	if (count > 2) {
		check_endless_translator();
		test_close(&setup);
		return check_result();
	}
	check_specialization();
	check_uneven_groups();
	linked = check_linking();
	check_binary(linked);
	check_told(linked);
	check_success(clReleaseProgram(linked));
	check_reversed();
	check_vectors();
	check_novelties();
	check_translated();
	check_shuffled();
	check_images();
	check_unread_images();
	check_errors();
	test_close(&setup);
	return check_result();
}
