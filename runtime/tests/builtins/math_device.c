// SPDX-License-Identifier: MIT
#include "math_device.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "half_number.h"

const int math_vector_widths[MATH_VECTOR_WIDTHS] = { 2, 3, 4, 8, 16 };

/* A work-item of the vector kernel handles a common multiple of the widths. */
#define GROUP 48

static const char header[] = "#ifdef cl_khr_fp16\n"
			     "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
			     "#endif\n"
			     "#ifdef cl_khr_fp64\n"
			     "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
			     "#endif\n";

/* Declares the buffers; results of another type than float or double are int. */
static const char arguments[] = "(global const real *A, global const real *B,"
				" global const real *C, global const int *N,"
				" global real *R, global real *P, global int *I, uint count)\n";

struct source {
	char text[16384];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct source *source, const char *format,
						      ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(source->text + source->length, sizeof(source->text) - source->length,
			   format, list);
	va_end(list);
	if (length < 0 || (size_t)length >= sizeof(source->text) - source->length)
		abort();
	source->length += (size_t)length;
}

/* The statement that calls the function on a, b, c, n and fills r or i, and p. */
static void put_call(struct source *source, const struct math_function *function)
{
	const char *result = function->signature == MATH_TO_INT ? "i" : "r";

	if (function->expression) {
		put(source, "%s = %s;", result, function->expression);
		return;
	}
	switch (function->signature) {
	case MATH_UNARY:
	case MATH_TO_INT:
		put(source, "%s = %s(a);", result, function->name);
		break;
	case MATH_BINARY:
		put(source, "r = %s(a, b);", function->name);
		break;
	case MATH_TERNARY:
		put(source, "r = %s(a, b, c);", function->name);
		break;
	case MATH_REAL_INT:
		put(source, "r = %s(a, n);", function->name);
		break;
	case MATH_UNARY_REAL_OUT:
		put(source, "r = %s(a, &p);", function->name);
		break;
	case MATH_UNARY_INT_OUT:
		put(source, "r = %s(a, &i);", function->name);
		break;
	case MATH_BINARY_INT_OUT:
		put(source, "r = %s(a, b, &i);", function->name);
		break;
	}
}

static void put_scalar_kernel(struct source *source, const struct math_function *function)
{
	put(source,
	    "#define BITS(x) %s(x)\n"
	    "kernel void scalars%s{\n"
	    "\tsize_t k = get_global_id(0);\n"
	    "\tif (k >= count) return;\n"
	    "\treal a = A[k], b = B[k], c = C[k], r = 0, p = 0;\n"
	    "\tint n = N[k], i = 0;\n\t",
	    "as_ureal", arguments);
	put_call(source, function);
	put(source, "\n\tR[k] = r; P[k] = p; I[k] = i;\n}\n");
}

/* One statement a width: the results of each follow those of the one before. */
static void put_vector_kernel(struct source *source, const struct math_function *function)
{
	put(source, "kernel void vectors%s{\n\tsize_t first = get_global_id(0) * %d;\n", arguments,
	    GROUP);
	for (int w = 0; w < MATH_VECTOR_WIDTHS; w++) {
		int width = math_vector_widths[w];

		put(source,
		    "#undef BITS\n"
		    "#define BITS(x) PASTE(as_ureal, %d)(x)\n"
		    "\tfor (size_t k = first / %d; k < (first + %d) / %d; k++) {\n"
		    "\t\tPASTE(real, %d) a = vload%d(k, A), b = vload%d(k, B), c = vload%d(k, C);\n"
		    "\t\tPASTE(real, %d) r = 0, p = 0;\n"
		    "\t\tint%d n = vload%d(k, N), i = 0;\n\t\t",
		    width, width, GROUP, width, width, width, width, width, width, width, width);
		put_call(source, function);
		put(source,
		    "\n\t\tvstore%d(r, k, R + %d * count);\n"
		    "\t\tvstore%d(p, k, P + %d * count);\n"
		    "\t\tvstore%d(i, k, I + %d * count);\n\t}\n",
		    width, w, width, w, width, w);
	}
	put(source, "}\n");
}

static void put_types(struct source *source, const struct math_format *format)
{
	const char *bits = format->is_half ? "ushort" : format->is_double ? "ulong" : "uint";

	put(source, "%s#define PASTE_(a, b) a##b\n#define PASTE(a, b) PASTE_(a, b)\n", header);
	put(source, "#define real %s\n#define as_ureal as_%s\n", format->name, bits);
	for (int w = 0; w < MATH_VECTOR_WIDTHS; w++)
		put(source, "#define real%d %s%d\n#define as_ureal%d as_%s%d\n",
		    math_vector_widths[w], format->name, math_vector_widths[w],
		    math_vector_widths[w], bits, math_vector_widths[w]);
}

/* Packs doubles into the format's array, or takes them out of it. */
static void *pack(const struct math_format *format, const double *values, size_t count)
{
	void *packed = calloc(count, format->size_bytes);

	if (!packed)
		abort();
	for (size_t i = 0; i < count; i++) {
		if (format->is_half)
			((uint16_t *)packed)[i] = half_bits(values[i], 0);
		else if (format->is_double)
			((double *)packed)[i] = values[i];
		else
			((float *)packed)[i] = (float)values[i];
	}
	return packed;
}

static void unpack(const struct math_format *format, const void *packed, double *values,
		   size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (format->is_half)
			values[i] = half_value(((const uint16_t *)packed)[i]);
		else
			values[i] = format->is_double ? ((const double *)packed)[i] :
							(double)((const float *)packed)[i];
	}
}

static void results_init(struct math_results *results, size_t count)
{
	results->count = count;
	results->value = calloc(count, sizeof(*results->value));
	results->other = calloc(count, sizeof(*results->other));
	results->integer = calloc(count, sizeof(*results->integer));
	if (!results->value || !results->other || !results->integer)
		abort();
}

void math_results_finish(struct math_results *results)
{
	free(results->value);
	free(results->other);
	free(results->integer);
}

static cl_mem real_buffer(const struct tandem_session *session, const struct math_format *format,
			  const double *values, size_t count)
{
	void *packed = pack(format, values, count);
	cl_mem buffer = tandem_buffer_create(session, count * format->size_bytes, packed);

	free(packed);
	return buffer;
}

static void read_reals(const struct tandem_session *session, const struct math_format *format,
		       cl_mem buffer, double *values, size_t count)
{
	void *packed = calloc(count, format->size_bytes);

	if (!packed)
		abort();
	tandem_buffer_read(session, buffer, count * format->size_bytes, packed);
	unpack(format, packed, values, count);
	free(packed);
}

static void run(const struct tandem_session *session, cl_kernel kernel,
		const struct math_format *format, const struct math_points *points,
		size_t global_size, struct math_results *results)
{
	size_t result_bytes = results->count * format->size_bytes;
	cl_uint count = (cl_uint)points->count;
	cl_mem buffers[7];

	for (int i = 0; i < 3; i++)
		buffers[i] = real_buffer(session, format, points->real[i], points->count);
	buffers[3] = tandem_buffer_create(session, points->count * sizeof(int), points->integer);
	buffers[4] = tandem_buffer_create(session, result_bytes, NULL);
	buffers[5] = tandem_buffer_create(session, result_bytes, NULL);
	buffers[6] = tandem_buffer_create(session, results->count * sizeof(int), NULL);
	for (cl_uint i = 0; i < 7; i++)
		tandem_kernel_set(kernel, i, sizeof(buffers[i]), &buffers[i]);
	tandem_kernel_set(kernel, 7, sizeof(count), &count);
	tandem_kernel_run(session, kernel, global_size, 0);
	read_reals(session, format, buffers[4], results->value, results->count);
	read_reals(session, format, buffers[5], results->other, results->count);
	tandem_buffer_read(session, buffers[6], results->count * sizeof(int), results->integer);
	for (int i = 0; i < 7; i++)
		tandem_buffer_release(buffers[i]);
}

size_t math_vector_point(const struct math_points *points, size_t result, int *width)
{
	size_t index = result % MATH_VECTOR_POINTS;

	*width = math_vector_widths[result / MATH_VECTOR_POINTS];
	return index * points->count / MATH_VECTOR_POINTS;
}

/* The points that vectors are tested with. */
static void select_points(const struct math_points *points, struct math_points *selected)
{
	int width;

	selected->count = MATH_VECTOR_POINTS;
	for (int i = 0; i < 3; i++)
		selected->real[i] = calloc(selected->count, sizeof(*selected->real[i]));
	selected->integer = calloc(selected->count, sizeof(*selected->integer));
	for (size_t k = 0; k < selected->count; k++) {
		size_t from = math_vector_point(points, k, &width);

		for (int i = 0; i < 3; i++)
			selected->real[i][k] = points->real[i][from];
		selected->integer[k] = points->integer[from];
	}
}

bool math_device_run(const struct tandem_session *session, const struct math_function *function,
		     const struct math_format *format, const struct math_points *points,
		     struct math_results *scalars, struct math_results *vectors)
{
	const char *options = function->exact_divide ? "-cl-fp32-correctly-rounded-divide-sqrt" :
						       "";
	struct source source = { .length = 0 };
	struct math_points selected;
	cl_program program;
	cl_kernel kernel;
	size_t rounded = (points->count + 63) / 64 * 64;

	put_types(&source, format);
	put_scalar_kernel(&source, function);
	put_vector_kernel(&source, function);
	program = tandem_program_build(session, source.text, options);
	if (!program)
		return false;
	results_init(scalars, points->count);
	kernel = tandem_kernel_create(program, "scalars");
	run(session, kernel, format, points, rounded, scalars);
	tandem_kernel_release(kernel);

	select_points(points, &selected);
	results_init(vectors, (size_t)MATH_VECTOR_WIDTHS * MATH_VECTOR_POINTS);
	kernel = tandem_kernel_create(program, "vectors");
	run(session, kernel, format, &selected, MATH_VECTOR_POINTS / GROUP, vectors);
	tandem_kernel_release(kernel);
	math_points_finish(&selected);
	tandem_program_release(program);
	return true;
}
