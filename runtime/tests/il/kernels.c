// SPDX-License-Identifier: MIT
/*
 * il-kernels LEAST [SOURCE MODULE OPTIONS]...: kernels of an OpenCL C source, built with OPTIONS,
 * and the same of a module that clang made of it beforehand: the same arguments give the same
 * bytes. LEAST: how many kernels there are to be.
 *
 * What arguments a kernel takes, its own information tells; so nothing is known of the kernels
 * here. Buffers are large enough for all of them, and numbers in these small enough to be
 * indices and counts of loops.
 */
#include <stdlib.h>
#include <string.h>

#include "il.h"

#define BUFFER_BYTES (1u << 20)
#define LOCAL_BYTES  16384u
#define ITEMS	     32
#define MOST_BUFFERS 16

static struct test_setup setup;

/* A kernel's buffers, after a launch. */
struct outcome {
	unsigned char *bytes[MOST_BUFFERS];
	unsigned int count;
};

/* ---- arguments ---- */

static const struct {
	const char *name;
	size_t bytes;
	bool is_real;
} types[] = {
	{ "char", 1, false },	{ "uchar", 1, false }, { "short", 2, false },
	{ "ushort", 2, false }, { "int", 4, false },   { "uint", 4, false },
	{ "long", 8, false },	{ "ulong", 8, false }, { "size_t", 8, false },
	{ "float", 4, true },	{ "double", 8, true },
};

/* The number of the type that a name begins with; that of int where none is known. */
static size_t find_type(const char *name)
{
	size_t found = 4;
	size_t longest = 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t length = strlen(types[i].name);

		if (!strncmp(name, types[i].name, length) && length > longest) {
			found = i;
			longest = length;
		}
	}
	return found;
}

static void fill(unsigned char *bytes, size_t length, size_t type)
{
	for (size_t i = 0; (i + 1) * types[type].bytes <= length; i++) {
		unsigned char *place = bytes + i * types[type].bytes;
		const cl_long number = (cl_long)((5 * i + 3) % 7);
		const cl_double wide = 0.75 * (cl_double)number;
		const cl_float real = 0.75f * (cl_float)number;

		if (!types[type].is_real)
			memcpy(place, &number, types[type].bytes);
		else if (types[type].bytes == sizeof(real))
			memcpy(place, &real, sizeof(real));
		else
			memcpy(place, &wide, sizeof(wide));
	}
}

/* A value of a size that only the kernel knows: it takes no other. */
static bool set_value(cl_kernel kernel, cl_uint index, size_t type)
{
	unsigned char value[256];

	fill(value, sizeof(value), type);
	for (size_t bytes = 1; bytes <= sizeof(value); bytes++) {
		if (clSetKernelArg(kernel, index, bytes, value) == CL_SUCCESS)
			return true;
	}
	return false;
}

static cl_mem set_buffer(cl_kernel kernel, cl_uint index, size_t type)
{
	unsigned char *contents = calloc(1, BUFFER_BYTES);
	cl_mem buffer;

	check_fatal(contents, "no memory");
	fill(contents, BUFFER_BYTES, type);
	buffer = test_buffer(setup.context, BUFFER_BYTES, contents);
	free(contents);
	check_success_fatal(clSetKernelArg(kernel, index, sizeof(buffer), &buffer));
	return buffer;
}

/* ---- images ---- */

#define IMAGE_EDGE   8
#define IMAGE_LAYERS 4
#define PIXEL_BYTES  16

static const struct {
	const char *name;
	cl_mem_object_type type;
} image_types[] = {
	{ "image1d_t", CL_MEM_OBJECT_IMAGE1D },
	{ "image1d_array_t", CL_MEM_OBJECT_IMAGE1D_ARRAY },
	{ "image1d_buffer_t", CL_MEM_OBJECT_IMAGE1D_BUFFER },
	{ "image2d_t", CL_MEM_OBJECT_IMAGE2D },
	{ "image2d_depth_t", CL_MEM_OBJECT_IMAGE2D },
	{ "image2d_array_t", CL_MEM_OBJECT_IMAGE2D_ARRAY },
	{ "image2d_array_depth_t", CL_MEM_OBJECT_IMAGE2D_ARRAY },
	{ "image3d_t", CL_MEM_OBJECT_IMAGE3D },
};

/* The type of object that an argument is; 0 for no image. */
static cl_mem_object_type image_type(const char *type_name)
{
	for (size_t i = 0; i < sizeof(image_types) / sizeof(*image_types); i++) {
		if (!strcmp(image_types[i].name, type_name))
			return image_types[i].type;
	}
	return 0;
}

/* As the argument's name says what its pixels are. */
static cl_image_format image_format(const char *type_name, const char *name)
{
	if (strstr(type_name, "depth"))
		return (cl_image_format){ CL_DEPTH, CL_FLOAT };
	if (!strncmp(name, "signed", strlen("signed")))
		return (cl_image_format){ CL_RGBA, CL_SIGNED_INT32 };
	if (!strncmp(name, "unsigned", strlen("unsigned")))
		return (cl_image_format){ CL_RGBA, CL_UNSIGNED_INT32 };
	return (cl_image_format){ CL_RGBA, CL_FLOAT };
}

static void image_region(cl_mem_object_type type, size_t *region)
{
	region[0] = IMAGE_EDGE;
	region[1] = type == CL_MEM_OBJECT_IMAGE1D_ARRAY ? IMAGE_LAYERS :
		    type == CL_MEM_OBJECT_IMAGE1D || type == CL_MEM_OBJECT_IMAGE1D_BUFFER ?
							  1 :
							  IMAGE_EDGE;
	region[2] = type == CL_MEM_OBJECT_IMAGE3D || type == CL_MEM_OBJECT_IMAGE2D_ARRAY ?
			    IMAGE_LAYERS :
			    1;
}

static cl_mem set_image(cl_kernel kernel, cl_uint index, const char *type_name, const char *name)
{
	cl_image_format format = image_format(type_name, name);
	cl_image_desc desc = { .image_type = image_type(type_name),
			       .image_width = IMAGE_EDGE,
			       .image_height = IMAGE_EDGE,
			       .image_depth = IMAGE_LAYERS,
			       .image_array_size = IMAGE_LAYERS };
	unsigned char contents[IMAGE_EDGE * IMAGE_EDGE * IMAGE_LAYERS * PIXEL_BYTES];
	bool is_real = format.image_channel_data_type == CL_FLOAT;
	cl_mem image, buffer = NULL;
	size_t origin[3] = { 0 }, region[3];
	cl_int code;

	fill(contents, sizeof(contents), find_type(is_real ? "float" : "int"));
	if (desc.image_type == CL_MEM_OBJECT_IMAGE1D_BUFFER)
		buffer = test_buffer(setup.context, sizeof(contents), contents);
	desc.buffer = buffer;
	image = clCreateImage(setup.context, CL_MEM_READ_WRITE, &format, &desc, NULL, &code);
	check_success_fatal(code);
	image_region(desc.image_type, region);
	check_success(clEnqueueWriteImage(setup.queue, image, CL_TRUE, origin, region, 0, 0,
					  contents, 0, NULL, NULL));
	check_success_fatal(clSetKernelArg(kernel, index, sizeof(image), &image));
	if (buffer)
		check_success(clReleaseMemObject(buffer));
	return image;
}

static void set_sampler(cl_kernel kernel, cl_uint index)
{
	cl_int code;
	cl_sampler sampler = clCreateSampler(setup.context, CL_FALSE, CL_ADDRESS_CLAMP_TO_EDGE,
					     CL_FILTER_NEAREST, &code);

	check_success_fatal(code);
	check_success_fatal(clSetKernelArg(kernel, index, sizeof(sampler), &sampler));
	check_success(clReleaseSampler(sampler));
}

/* The bytes of a buffer or an image, as many as a buffer has. */
static unsigned char *read_object(cl_mem object)
{
	unsigned char *bytes = calloc(1, BUFFER_BYTES);
	size_t origin[3] = { 0 }, region[3];
	cl_mem_object_type type = 0;

	check_fatal(bytes, "no memory");
	check_success(clGetMemObjectInfo(object, CL_MEM_TYPE, sizeof(type), &type, NULL));
	image_region(type, region);
	if (type == CL_MEM_OBJECT_BUFFER)
		check_success(clEnqueueReadBuffer(setup.queue, object, CL_TRUE, 0, BUFFER_BYTES,
						  bytes, 0, NULL, NULL));
	else
		check_success(clEnqueueReadImage(setup.queue, object, CL_TRUE, origin, region, 0, 0,
						 bytes, 0, NULL, NULL));
	return bytes;
}

/* ---- all arguments ---- */

/* As @described, which was built from source, tells. */
static void set_argument(cl_kernel kernel, cl_kernel described, cl_uint index, cl_mem *buffer)
{
	cl_kernel_arg_address_qualifier space = 0;
	char name[256] = "", own_name[64] = "";
	size_t type;

	check_success_fatal(clGetKernelArgInfo(described, index, CL_KERNEL_ARG_NAME,
					       sizeof(own_name), own_name, NULL));
	check_success_fatal(clGetKernelArgInfo(described, index, CL_KERNEL_ARG_ADDRESS_QUALIFIER,
					       sizeof(space), &space, NULL));
	check_success_fatal(clGetKernelArgInfo(described, index, CL_KERNEL_ARG_TYPE_NAME,
					       sizeof(name), name, NULL));
	type = find_type(name);
	if (image_type(name))
		*buffer = set_image(kernel, index, name, own_name);
	else if (!strcmp(name, "sampler_t"))
		set_sampler(kernel, index);
	else if (space == CL_KERNEL_ARG_ADDRESS_LOCAL)
		check_success_fatal(clSetKernelArg(kernel, index, LOCAL_BYTES, NULL));
	else if (space == CL_KERNEL_ARG_ADDRESS_PRIVATE)
		check(set_value(kernel, index, type), "argument %u of type %s", index, name);
	else
		*buffer = set_buffer(kernel, index, type);
}

/* ---- a launch ---- */

static void launch(cl_kernel kernel, cl_kernel described)
{
	size_t group[3] = { 0 }, items[3] = { ITEMS, 1, 1 };

	check_success(clGetKernelWorkGroupInfo(described, setup.device,
					       CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof(group),
					       group, NULL));
	/* One group, so that what is done in a group's order is done in the same one. */
	if (group[0])
		memcpy(items, group, sizeof(items));
	check_success(
		clEnqueueNDRangeKernel(setup.queue, kernel, 3, NULL, items, items, 0, NULL, NULL));
	check_success(clFinish(setup.queue));
}

static struct outcome run(cl_kernel kernel, cl_kernel described)
{
	struct outcome outcome = { .count = 0 };
	cl_mem buffers[MOST_BUFFERS];
	cl_uint count = 0;

	check_success(clGetKernelInfo(kernel, CL_KERNEL_NUM_ARGS, sizeof(count), &count, NULL));
	for (cl_uint i = 0; i < count; i++) {
		cl_mem buffer = NULL;

		set_argument(kernel, described, i, &buffer);
		check_fatal(!buffer || outcome.count < MOST_BUFFERS, "too many buffers");
		if (buffer)
			buffers[outcome.count++] = buffer;
	}
	launch(kernel, described);
	for (unsigned int i = 0; i < outcome.count; i++) {
		outcome.bytes[i] = read_object(buffers[i]);
		check_success(clReleaseMemObject(buffers[i]));
	}
	return outcome;
}

static void compare(const char *name, struct outcome *expected, struct outcome *seen)
{
	check_equal(expected->count, seen->count);
	for (unsigned int i = 0; i < expected->count; i++) {
		size_t place = 0;

		while (place < BUFFER_BYTES && expected->bytes[i][place] == seen->bytes[i][place])
			place++;
		check(place == BUFFER_BYTES, "%s: byte %zu of buffer %u is %u, not %u", name, place,
		      i, seen->bytes[i][place], expected->bytes[i][place]);
		free(expected->bytes[i]);
		free(seen->bytes[i]);
	}
}

/* ---- programs ---- */

static unsigned int compare_programs(cl_program from_source, cl_program from_module)
{
	cl_kernel kernels[64];
	cl_uint count = 0;

	check_success_fatal(clCreateKernelsInProgram(from_source, 64, kernels, &count));
	for (cl_uint i = 0; i < count; i++) {
		char name[128] = "";
		struct outcome expected, seen;
		cl_kernel other;

		check_success(clGetKernelInfo(kernels[i], CL_KERNEL_FUNCTION_NAME, sizeof(name),
					      name, NULL));
		test_step(name);
		other = test_kernel(from_module, name);
		expected = run(kernels[i], kernels[i]);
		seen = run(other, kernels[i]);
		compare(name, &expected, &seen);
		check_success(clReleaseKernel(other));
		check_success(clReleaseKernel(kernels[i]));
	}
	return count;
}

static unsigned int compare_files(const char *source_path, const char *module_path,
				  const char *options)
{
	struct il_file source = il_read(source_path), module = il_read(module_path);
	char all[512];
	cl_program from_source, from_module;
	unsigned int count;

	snprintf(all, sizeof(all), "-cl-std=CL3.0 -cl-kernel-arg-info %s", options);
	test_step(source_path);
	from_source = test_build(setup.context, (const char *)source.bytes, all);
	from_module = il_program(setup.context, &module);
	il_build(from_module, setup.device);
	count = compare_programs(from_source, from_module);
	printf("%s %s: %u kernels\n", source_path, options, count);
	check_success(clReleaseProgram(from_source));
	check_success(clReleaseProgram(from_module));
	il_free(&source);
	il_free(&module);
	return count;
}

int main(int count, char **arguments)
{
	unsigned int kernels = 0;

	if (count < 3)
		check_skip("clang has no back end for SPIR-V to make modules with");
	setup = test_open();
	il_require(setup.device);
	for (int i = 2; i + 2 < count; i += 3)
		kernels += compare_files(arguments[i], arguments[i + 1], arguments[i + 2]);
	check(kernels >= strtoul(arguments[1], NULL, 10), "%u kernels", kernels);
	test_close(&setup);
	return check_result();
}
