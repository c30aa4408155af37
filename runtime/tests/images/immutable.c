// SPDX-License-Identifier: MIT
/* Images that nothing may change once they are made (cl_ext_immutable_memory_objects). */
#include "api/immutable.h"
#include "shapes.h"

#define WIDTH  4
#define HEIGHT 4
#define BYTES  (WIDTH * HEIGHT * 4)

static const cl_image_format rgba = { CL_RGBA, CL_UNSIGNED_INT8 };
static const size_t zero[3] = { 0 }, whole[3] = { WIDTH, HEIGHT, 1 };
static unsigned char pixels[BYTES];

struct world {
	struct test_setup setup;
	cl_mem image; /* immutable, with the pixels */
	cl_mem other; /* an ordinary one */
	cl_mem buffer; /* an ordinary one, as large */
	cl_mem constants; /* an immutable one */
};

static cl_image_desc flat(void)
{
	return (cl_image_desc){ .image_type = CL_MEM_OBJECT_IMAGE2D,
				.image_width = WIDTH,
				.image_height = HEIGHT };
}

static cl_mem make(const struct world *w, cl_mem_flags flags, const cl_image_desc *desc,
		   void *pointer)
{
	cl_int code;
	cl_mem image = clCreateImage(w->setup.context, flags, &rgba, desc, pointer, &code);

	check_success_fatal(code);
	return image;
}

static void not_made(const struct world *w, cl_mem_flags flags, const cl_image_desc *desc,
		     void *pointer)
{
	cl_int code;

	check(!clCreateImage(w->setup.context, flags, &rgba, desc, pointer, &code),
	      "made with 0x%llx", (unsigned long long)flags);
	check_equal(CL_INVALID_VALUE, code);
}

static void world_init(struct world *w)
{
	const cl_image_desc desc = flat();
	cl_int code;

	w->setup = open_with_images();
	need_immutable_memory(w->setup.device);
	for (size_t i = 0; i < BYTES; i++)
		pixels[i] = (unsigned char)(3 * i + 5);
	w->image = make(w, CL_MEM_IMMUTABLE_EXT | CL_MEM_COPY_HOST_PTR, &desc, pixels);
	w->other = make(w, 0, &desc, NULL);
	w->buffer = test_buffer(w->setup.context, BYTES, NULL);
	w->constants = clCreateBuffer(w->setup.context, CL_MEM_IMMUTABLE_EXT | CL_MEM_COPY_HOST_PTR,
				      BYTES, pixels, &code);
	check_success_fatal(code);
}

static void world_finish(struct world *w)
{
	check_success(clReleaseMemObject(w->constants));
	check_success(clReleaseMemObject(w->buffer));
	check_success(clReleaseMemObject(w->other));
	check_success(clReleaseMemObject(w->image));
	test_close(&w->setup);
}

static void check_pixels(const struct world *w, cl_mem image)
{
	unsigned char seen[BYTES] = { 0 };

	check_success(clEnqueueReadImage(w->setup.queue, image, CL_TRUE, zero, whole, 0, 0, seen, 0,
					 NULL, NULL));
	check(!memcmp(seen, pixels, BYTES), "other pixels");
}

/* ---- creating ---- */

static void check_flags(const struct world *w)
{
	const cl_mem_flags immutable = CL_MEM_IMMUTABLE_EXT | CL_MEM_COPY_HOST_PTR;
	const cl_image_desc desc = flat();

	not_made(w, CL_MEM_IMMUTABLE_EXT, &desc, NULL);
	not_made(w, immutable | CL_MEM_READ_WRITE, &desc, pixels);
	not_made(w, immutable | CL_MEM_WRITE_ONLY, &desc, pixels);
	not_made(w, immutable | CL_MEM_HOST_WRITE_ONLY, &desc, pixels);
}

/* Of an immutable object there are immutable images only; of others, too. */
static void check_views(const struct world *w)
{
	cl_image_desc desc = flat();
	cl_mem view;

	desc.mem_object = w->constants;
	not_made(w, 0, &desc, NULL);
	not_made(w, CL_MEM_READ_ONLY, &desc, NULL);
	not_made(w, CL_MEM_IMMUTABLE_EXT | CL_MEM_READ_WRITE, &desc, NULL);
	view = make(w, CL_MEM_IMMUTABLE_EXT, &desc, NULL);
	check_pixels(w, view);
	refused(clEnqueueCopyImage(w->setup.queue, w->other, view, zero, zero, whole, 0, NULL,
				   NULL));
	check_success(clReleaseMemObject(view));
	desc.mem_object = w->buffer;
	view = make(w, CL_MEM_IMMUTABLE_EXT, &desc, NULL);
	refused(clEnqueueCopyImage(w->setup.queue, w->other, view, zero, zero, whole, 0, NULL,
				   NULL));
	check_success(clReleaseMemObject(view));
}

/* What can be read by kernels can be immutable. */
static void check_formats(const struct world *w)
{
	cl_uint immutable = 0, readable = 0;

	check_success(clGetSupportedImageFormats(w->setup.context, CL_MEM_IMMUTABLE_EXT,
						 CL_MEM_OBJECT_IMAGE2D, 0, NULL, &immutable));
	check_success(clGetSupportedImageFormats(w->setup.context, CL_MEM_READ_ONLY,
						 CL_MEM_OBJECT_IMAGE2D, 0, NULL, &readable));
	check(immutable && immutable == readable, "%u formats, %u to read", immutable, readable);
	check_equal(CL_INVALID_VALUE,
		    clGetSupportedImageFormats(w->setup.context,
					       CL_MEM_IMMUTABLE_EXT | CL_MEM_WRITE_ONLY,
					       CL_MEM_OBJECT_IMAGE2D, 0, NULL, &immutable));
}

/* ---- what is refused ---- */

static void check_commands(const struct world *w)
{
	const cl_command_queue queue = w->setup.queue;
	const cl_uint colour[4] = { 0 };
	unsigned char bytes[BYTES] = { 0 };
	cl_event event = NULL;
	size_t pitch;

	refused(clEnqueueWriteImage(queue, w->image, CL_TRUE, zero, whole, 0, 0, bytes, 0, NULL,
				    &event));
	refused(clEnqueueFillImage(queue, w->image, colour, zero, whole, 0, NULL, &event));
	refused(clEnqueueCopyImage(queue, w->other, w->image, zero, zero, whole, 0, NULL, &event));
	refused(clEnqueueCopyBufferToImage(queue, w->buffer, w->image, 0, zero, whole, 0, NULL,
					   &event));
	refused(clEnqueueCopyImageToBuffer(queue, w->other, w->constants, zero, whole, 0, 0, NULL,
					   &event));
	refused_mapping(clEnqueueMapImage(queue, w->image, CL_TRUE, CL_MAP_WRITE, zero, whole,
					  &pitch, NULL, 0, NULL, &event, &code));
	/* That comes before pitches that have no place. */
	refused_mapping(clEnqueueMapImage(queue, w->image, CL_TRUE, CL_MAP_WRITE, zero, whole, NULL,
					  NULL, 0, NULL, &event, &code));
	refused_mapping(clEnqueueMapImage(queue, w->image, CL_TRUE, CL_MAP_WRITE_INVALIDATE_REGION,
					  zero, whole, &pitch, NULL, 0, NULL, &event, &code));
	check(!event, "there is an event of a command that was refused");
	check_success(clFinish(queue));
}

/* A kernel may have one to read from, and no other. */
static void check_arguments(const struct world *w)
{
	static const char source[] = "kernel void reads(read_only image2d_t in, global uint *out)\n"
				     "{ out[0] = read_imageui(in, (int2)(1, 0)).x; }\n"
				     "kernel void writes(write_only image2d_t out) { }\n"
				     "kernel void does_both(read_write image2d_t both) { }\n";
	cl_program program = test_build(w->setup.context, source, "-cl-std=CL3.0");
	cl_kernel reads = test_kernel(program, "reads"), writes = test_kernel(program, "writes");
	cl_kernel does_both = test_kernel(program, "does_both");
	const size_t one = 1;
	cl_uint seen = 0;

	check_equal(CL_INVALID_ARG_VALUE, clSetKernelArg(writes, 0, sizeof(cl_mem), &w->image));
	check_equal(CL_INVALID_ARG_VALUE, clSetKernelArg(does_both, 0, sizeof(cl_mem), &w->image));
	check_success(clSetKernelArg(reads, 0, sizeof(cl_mem), &w->image));
	check_success(clSetKernelArg(reads, 1, sizeof(cl_mem), &w->buffer));
	check_success(
		clEnqueueNDRangeKernel(w->setup.queue, reads, 1, NULL, &one, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(w->setup.queue, w->buffer, CL_TRUE, 0, sizeof(seen),
					  &seen, 0, NULL, NULL));
	check_equal(pixels[4], seen);
	check_success(clReleaseKernel(reads));
	check_success(clReleaseKernel(writes));
	check_success(clReleaseKernel(does_both));
	check_success(clReleaseProgram(program));
}

int main(void)
{
	struct world world;

	world_init(&world);
	check_flags(&world);
	check_views(&world);
	check_formats(&world);
	check_commands(&world);
	check_arguments(&world);
	check_pixels(&world, world.image);
	world_finish(&world);
	return check_result();
}
