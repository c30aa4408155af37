// SPDX-License-Identifier: MIT
/*
 * Images whose pixels are in SVM: with CL_MEM_USE_HOST_PTR, or made of a buffer that is so.
 * The former may have a copy until they are mapped; a buffer over SVM is that SVM, and so are the
 * images made of it.
 */
#include <string.h>

#include "harness/suite.h"

#define NEEDS	     (SVM_ANY_SVM | SVM_IMAGES)
#define OVER_SECTION "API 5.3.1 (CL_MEM_USE_HOST_PTR), 5.6"
#define OF_SECTION   "API 5.3.1 (images of a buffer), 5.2.1, 5.6"

#define WIDTH  32
#define HEIGHT 16
#define PIXEL  4 /* bytes, of RGBA with 8 bits each */
#define GAP    0xa7 /* what is between the rows */

extern const char images_cl[];

static const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };

/* SVM with an image in it. */
struct canvas {
	struct svm_run *run;
	unsigned char *memory;
	size_t row_bytes, bytes;
	cl_mem buffer; /* over the memory; NULL without */
	cl_mem image;
	cl_program program;
};

/* ---- pixels ---- */

static unsigned char wanted(size_t x, size_t y, unsigned int channel, cl_uint first)
{
	const size_t channels[PIXEL] = { first + x, first + 3 * y, x ^ y, first };

	return (unsigned char)channels[channel];
}

/* All of the memory as host sees it, mapped where it must be: the pixels and what is between. */
static void check_memory(const struct canvas *canvas, cl_uint first)
{
	const size_t row = WIDTH * PIXEL;

	for (size_t i = 0; i < canvas->bytes; i++) {
		size_t y = i / canvas->row_bytes, x = i % canvas->row_bytes;
		unsigned char expected = GAP;

		if (x < row)
			expected = wanted(x / PIXEL, y, x % PIXEL, first);
		svm_expect(canvas->memory[i] == expected, "row %zu, byte %zu: expected %u, seen %u",
			   y, x, expected, canvas->memory[i]);
	}
}

static void fill(const struct canvas *canvas, cl_uint first)
{
	memset(canvas->memory, GAP, canvas->bytes);
	for (size_t y = 0; y < HEIGHT; y++) {
		for (size_t i = 0; i < WIDTH * PIXEL; i++)
			canvas->memory[y * canvas->row_bytes + i] =
				wanted(i / PIXEL, y, i % PIXEL, first);
	}
}

/* ---- making images ---- */

static void make_memory(struct canvas *canvas, struct svm_run *run, size_t row_bytes)
{
	*canvas = (struct canvas){ .run = run, .row_bytes = row_bytes };
	canvas->bytes = HEIGHT * row_bytes;
	canvas->memory = svm_any(run, canvas->bytes);
	svm_map(run, canvas->memory, canvas->bytes);
	fill(canvas, 1);
	svm_unmap(run, canvas->memory);
	canvas->program = svm_build(run, images_cl, " ");
}

static cl_image_desc flat(size_t row_bytes)
{
	return (cl_image_desc){ .image_type = CL_MEM_OBJECT_IMAGE2D,
				.image_width = WIDTH,
				.image_height = HEIGHT,
				.image_row_pitch = row_bytes };
}

static cl_mem make_image(const struct canvas *canvas, cl_mem_flags flags, const cl_image_desc *desc,
			 void *pointer)
{
	cl_int code;
	cl_mem image = clCreateImage(canvas->run->context, flags, &format, desc, pointer, &code);

	svm_success(code);
	return image;
}

static void put_image_over(struct canvas *canvas)
{
	const cl_image_desc desc = flat(canvas->row_bytes);

	canvas->image =
		make_image(canvas, CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR, &desc, canvas->memory);
}

static void put_buffer_over(struct canvas *canvas)
{
	cl_int code;

	canvas->buffer = clCreateBuffer(canvas->run->context,
					CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR, canvas->bytes,
					canvas->memory, &code);
	svm_success(code);
}

/* Rows as the device wants them of images that are made of a buffer; skips where it has none. */
static size_t row_of_buffer_images(struct svm_run *run)
{
	cl_uint pixels = 0;

	clGetDeviceInfo(run->device.handle, CL_DEVICE_IMAGE_PITCH_ALIGNMENT, sizeof(pixels),
			&pixels, NULL);
	if (!pixels)
		svm_skip("the device lacks 2D images of buffers "
			 "(CL_DEVICE_IMAGE_PITCH_ALIGNMENT is 0)");
	return (WIDTH + pixels) / pixels * pixels * PIXEL;
}

static void put_image_on_buffer(struct canvas *canvas)
{
	cl_image_desc desc = flat(canvas->row_bytes);

	put_buffer_over(canvas);
	desc.mem_object = canvas->buffer;
	canvas->image = make_image(canvas, CL_MEM_READ_WRITE, &desc, NULL);
}

static void close_canvas(struct canvas *canvas)
{
	svm_success(clReleaseMemObject(canvas->image));
	if (canvas->buffer)
		svm_success(clReleaseMemObject(canvas->buffer));
	svm_success(clReleaseProgram(canvas->program));
	clSVMFree(canvas->run->context, canvas->memory);
}

/* ---- what kernels do ---- */

static void launch(const struct canvas *canvas, cl_kernel kernel, size_t width, size_t height)
{
	const size_t size[2] = { width, height };

	svm_success(clEnqueueNDRangeKernel(canvas->run->queue, kernel, height ? 2 : 1, NULL, size,
					   NULL, 0, NULL, NULL));
	svm_success(clReleaseKernel(kernel));
}

static void draw(const struct canvas *canvas, cl_uint first)
{
	cl_kernel kernel = svm_kernel(canvas->program, "draw");

	svm_arg(kernel, 0, sizeof(cl_mem), &canvas->image);
	svm_arg_uint(kernel, 1, first);
	launch(canvas, kernel, WIDTH, HEIGHT);
}

/* Fails where a kernel sees another pixel in the image. */
static void compare(const struct canvas *canvas, const char *name, size_t height, cl_uint first)
{
	struct svm_run *run = canvas->run;
	cl_uint *different = svm_any(run, sizeof(*different)), seen;
	cl_kernel kernel = svm_kernel(canvas->program, name);

	svm_arg(kernel, 0, sizeof(cl_mem), &canvas->image);
	svm_arg_uint(kernel, 1, first);
	svm_arg_pointer(kernel, 2, different);
	launch(canvas, kernel, WIDTH, height);
	svm_finish(run->queue, "a kernel reads the image");
	svm_map(run, different, sizeof(*different));
	seen = *different;
	svm_unmap(run, different);
	svm_expect(!seen, "a kernel sees %u other pixels", seen);
	clSVMFree(run->context, different);
}

/* The image's own mapping: what gives its pixels to the host. */
static unsigned char *map_image(const struct canvas *canvas, cl_map_flags flags, size_t *pitch)
{
	const size_t origin[3] = { 0 }, region[3] = { WIDTH, HEIGHT, 1 };
	unsigned char *pixels;
	cl_int code;

	pixels = clEnqueueMapImage(canvas->run->queue, canvas->image, CL_TRUE, flags, origin,
				   region, pitch, NULL, 0, NULL, NULL, &code);
	svm_success(code);
	return pixels;
}

static void unmap_image(const struct canvas *canvas, void *pixels)
{
	svm_success(
		clEnqueueUnmapMemObject(canvas->run->queue, canvas->image, pixels, 0, NULL, NULL));
	svm_finish(canvas->run->queue, "the image is unmapped");
}

/* ---- images over SVM ---- */

SVM_CASE(images_over_svm, NEEDS, OVER_SECTION,
	 "An image over SVM begins with what is there, and maps to it with what kernels draw.")
{
	struct canvas canvas;
	unsigned char *pixels;
	size_t pitch = 0;

	make_memory(&canvas, run, WIDTH * PIXEL);
	put_image_over(&canvas);
	compare(&canvas, "compare", HEIGHT, 1);
	draw(&canvas, 77);
	pixels = map_image(&canvas, CL_MAP_READ, &pitch);
	svm_expect(pixels == canvas.memory, "mapped at %p, the SVM is at %p", (void *)pixels,
		   (void *)canvas.memory);
	svm_expect_equal(canvas.row_bytes, pitch);
	check_memory(&canvas, 77);
	unmap_image(&canvas, pixels);
	close_canvas(&canvas);
}

SVM_CASE(images_over_svm_row_pitch, NEEDS, OVER_SECTION,
	 "Of an image over SVM with a row pitch, kernels change the pixels and nothing between.")
{
	struct canvas canvas;
	unsigned char *pixels;
	size_t pitch = 0;

	make_memory(&canvas, run, 2 * WIDTH * PIXEL);
	put_image_over(&canvas);
	compare(&canvas, "compare", HEIGHT, 1);
	draw(&canvas, 5);
	pixels = map_image(&canvas, CL_MAP_READ, &pitch);
	svm_expect_equal(canvas.row_bytes, pitch);
	check_memory(&canvas, 5);
	unmap_image(&canvas, pixels);
	close_canvas(&canvas);
}

SVM_CASE(images_over_svm_written_by_host, NEEDS, OVER_SECTION,
	 "Kernels see what the host wrote to SVM through the mapping of an image over it.")
{
	struct canvas canvas;

	make_memory(&canvas, run, WIDTH * PIXEL);
	put_image_over(&canvas);
	for (cl_uint round = 0; round < 20; round++) {
		unsigned char *pixels;
		size_t pitch = 0;

		svm_iteration(round);
		pixels = map_image(&canvas, CL_MAP_WRITE, &pitch);
		fill(&canvas, 9 * round);
		unmap_image(&canvas, pixels);
		compare(&canvas, "compare", HEIGHT, 9 * round);
	}
	close_canvas(&canvas);
}

/* ---- images of buffers over SVM ---- */

SVM_CASE(images_of_svm_buffer, NEEDS, OF_SECTION,
	 "What kernels draw in an image of a buffer over SVM is in the SVM, and nothing else is.")
{
	struct canvas canvas;

	make_memory(&canvas, run, row_of_buffer_images(run));
	put_image_on_buffer(&canvas);
	for (cl_uint round = 0; round < 20; round++) {
		svm_iteration(round);
		draw(&canvas, 3 * round);
		svm_finish(run->queue, "a kernel draws");
		svm_map(run, canvas.memory, canvas.bytes);
		check_memory(&canvas, 3 * round);
		svm_unmap(run, canvas.memory);
	}
	close_canvas(&canvas);
}

SVM_CASE(images_of_svm_buffer_show_svm, NEEDS, OF_SECTION,
	 "An image of a buffer over SVM shows what kernels write through pointers, and the host.")
{
	struct canvas canvas;

	make_memory(&canvas, run, row_of_buffer_images(run));
	put_image_on_buffer(&canvas);
	for (cl_uint round = 0; round < 20; round++) {
		cl_kernel kernel = svm_kernel(canvas.program, "draw_memory");

		svm_iteration(round);
		svm_arg_pointer(kernel, 0, canvas.memory);
		svm_arg_uint(kernel, 1, (cl_uint)(canvas.row_bytes / PIXEL));
		svm_arg_uint(kernel, 2, 5 * round);
		launch(&canvas, kernel, WIDTH, HEIGHT);
		compare(&canvas, "compare", HEIGHT, 5 * round);
		svm_map(run, canvas.memory, canvas.bytes);
		fill(&canvas, 5 * round + 1);
		svm_unmap(run, canvas.memory);
		compare(&canvas, "compare", HEIGHT, 5 * round + 1);
	}
	close_canvas(&canvas);
}

SVM_CASE(images_line_of_svm_buffer, NEEDS, OF_SECTION,
	 "A 1D image of a buffer over SVM is that SVM, for what kernels draw and read.")
{
	struct canvas canvas;
	cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE1D_BUFFER, .image_width = WIDTH };
	cl_kernel kernel;

	make_memory(&canvas, run, WIDTH * PIXEL);
	put_buffer_over(&canvas);
	desc.mem_object = canvas.buffer;
	canvas.image = make_image(&canvas, CL_MEM_READ_WRITE, &desc, NULL);
	compare(&canvas, "compare_line", 0, 1);
	kernel = svm_kernel(canvas.program, "draw_line");
	svm_arg(kernel, 0, sizeof(cl_mem), &canvas.image);
	svm_arg_uint(kernel, 1, 40);
	launch(&canvas, kernel, WIDTH, 0);
	svm_finish(run->queue, "a kernel draws");
	svm_map(run, canvas.memory, canvas.bytes);
	for (size_t i = 0; i < WIDTH * PIXEL; i++)
		svm_expect_equal(wanted(i / PIXEL, 0, i % PIXEL, 40), canvas.memory[i]);
	svm_unmap(run, canvas.memory);
	close_canvas(&canvas);
}

/* ---- copies ---- */

SVM_CASE(images_copied_to_svm_buffer, NEEDS, "API 5.3.5 (copying between images and buffers), 5.6",
	 "A copy of an image to a buffer over SVM arrives in the SVM, and one back in the image.")
{
	const size_t origin[3] = { 0 }, region[3] = { WIDTH, HEIGHT, 1 };
	const cl_image_desc desc = flat(0);
	struct canvas canvas;

	make_memory(&canvas, run, WIDTH * PIXEL);
	put_buffer_over(&canvas);
	canvas.image = make_image(&canvas, CL_MEM_READ_WRITE, &desc, NULL);
	draw(&canvas, 60);
	svm_success(clEnqueueCopyImageToBuffer(run->queue, canvas.image, canvas.buffer, origin,
					       region, 0, 0, NULL, NULL));
	svm_finish(run->queue, "the image is copied");
	svm_map(run, canvas.memory, canvas.bytes);
	check_memory(&canvas, 60);
	fill(&canvas, 21);
	svm_unmap(run, canvas.memory);
	svm_success(clEnqueueCopyBufferToImage(run->queue, canvas.buffer, canvas.image, 0, origin,
					       region, 0, NULL, NULL));
	compare(&canvas, "compare", HEIGHT, 21);
	close_canvas(&canvas);
}
