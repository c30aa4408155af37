// SPDX-License-Identifier: MIT
/* Rows of buffers, section 5.2, and of memory objects in general, 5.5. */
#include "errors.h"

#define NO_FLAG ((cl_mem_flags)1 << 40)

static cl_ulong most_bytes(const struct error_world *world)
{
	cl_ulong most = 0;

	check_success(clGetDeviceInfo(world->base.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE,
				      sizeof(most), &most, NULL));
	return most;
}

static void rows_create(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	char *svm = world->svm;
	char memory[16];

#define CREATE(flags, size, pointer) cl->clCreateBuffer(context, flags, size, pointer, errcode)

	error_entry_point("clCreateBuffer");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateBuffer(bad, 0, 16, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "flags has a bit that is no flag", CREATE(NO_FLAG, 16, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "flags is of images only: CL_MEM_KERNEL_READ_AND_WRITE",
		   CREATE(CL_MEM_KERNEL_READ_AND_WRITE, 16, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MEM_READ_WRITE and CL_MEM_WRITE_ONLY",
		   CREATE(CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY, 16, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MEM_READ_WRITE and CL_MEM_READ_ONLY",
		   CREATE(CL_MEM_READ_WRITE | CL_MEM_READ_ONLY, 16, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MEM_WRITE_ONLY and CL_MEM_READ_ONLY",
		   CREATE(CL_MEM_WRITE_ONLY | CL_MEM_READ_ONLY, 16, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MEM_USE_HOST_PTR and CL_MEM_ALLOC_HOST_PTR",
		   CREATE(CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR, 16, memory));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MEM_USE_HOST_PTR and CL_MEM_COPY_HOST_PTR",
		   CREATE(CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR, 16, memory));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MEM_HOST_WRITE_ONLY and CL_MEM_HOST_READ_ONLY",
		   CREATE(CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_READ_ONLY, 16, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MEM_HOST_WRITE_ONLY and CL_MEM_HOST_NO_ACCESS",
		   CREATE(CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_NO_ACCESS, 16, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MEM_HOST_READ_ONLY and CL_MEM_HOST_NO_ACCESS",
		   CREATE(CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS, 16, NULL));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE, "size is 0", CREATE(0, 0, NULL));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE, "size exceeds CL_DEVICE_MAX_MEM_ALLOC_SIZE",
		   CREATE(0, most_bytes(world) + 1, NULL));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE, "size exceeds every memory", CREATE(0, SIZE_MAX, NULL));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE,
		   "CL_MEM_USE_HOST_PTR of an SVM pointer, size exceeds the allocation",
		   CREATE(CL_MEM_USE_HOST_PTR, 2 * ERROR_SVM_BYTES, svm));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE,
		   "CL_MEM_COPY_HOST_PTR of an SVM pointer, size exceeds the allocation",
		   CREATE(CL_MEM_COPY_HOST_PTR, 2 * ERROR_SVM_BYTES, svm));
	ROW_CREATE(CL_INVALID_HOST_PTR, "host_ptr is NULL with CL_MEM_USE_HOST_PTR",
		   CREATE(CL_MEM_USE_HOST_PTR, 16, NULL));
	ROW_CREATE(CL_INVALID_HOST_PTR, "host_ptr is NULL with CL_MEM_COPY_HOST_PTR",
		   CREATE(CL_MEM_COPY_HOST_PTR, 16, NULL));
	ROW_CREATE(CL_INVALID_HOST_PTR, "host_ptr is not NULL without a flag for it",
		   CREATE(CL_MEM_READ_WRITE, 16, memory));
	ROW_CREATE(CL_INVALID_HOST_PTR, "host_ptr is not NULL with CL_MEM_ALLOC_HOST_PTR alone",
		   CREATE(CL_MEM_ALLOC_HOST_PTR, 16, memory));
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for the buffer",
			     "api-allocation-failures does");
	error_resources(world);
#undef CREATE
}

static void rows_create_with_properties(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	const cl_mem_properties unknown[] = { 0x7fff, 1, 0 };
	const cl_mem_properties none[] = { 0 };
	char memory[16];

#define CREATE(properties, flags, size, pointer) \
	cl->clCreateBufferWithProperties(context, properties, flags, size, pointer, errcode)

	error_entry_point("clCreateBufferWithProperties");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateBufferWithProperties(bad, NULL, 0, 16, NULL, errcode));
	ROW_CREATE(CL_INVALID_PROPERTY, "a property name is not supported",
		   CREATE(unknown, 0, 16, NULL));
	error_not_provocable(world, CL_INVALID_PROPERTY, "the value of a property is not valid",
			     "no property is supported");
	error_not_provocable(world, CL_INVALID_PROPERTY, "a property is specified more than once",
			     "no property is supported");
	ROW_CREATE(CL_INVALID_VALUE, "flags has a bit that is no flag",
		   CREATE(none, NO_FLAG, 16, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "flags exclude each other",
		   CREATE(none, CL_MEM_READ_WRITE | CL_MEM_READ_ONLY, 16, NULL));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE, "size is 0", CREATE(none, 0, 0, NULL));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE, "size exceeds CL_DEVICE_MAX_MEM_ALLOC_SIZE",
		   CREATE(none, 0, most_bytes(world) + 1, NULL));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE,
		   "CL_MEM_USE_HOST_PTR of an SVM pointer, size exceeds the allocation",
		   CREATE(none, CL_MEM_USE_HOST_PTR, 2 * ERROR_SVM_BYTES, world->svm));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE,
		   "CL_MEM_COPY_HOST_PTR of an SVM pointer, size exceeds the allocation",
		   CREATE(none, CL_MEM_COPY_HOST_PTR, 2 * ERROR_SVM_BYTES, world->svm));
	ROW_CREATE(CL_INVALID_HOST_PTR, "host_ptr is NULL with a flag for it",
		   CREATE(none, CL_MEM_USE_HOST_PTR, 16, NULL));
	ROW_CREATE(CL_INVALID_HOST_PTR, "host_ptr is not NULL without a flag for it",
		   CREATE(none, 0, 16, memory));
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for the buffer",
			     "api-allocation-failures does");
	error_resources(world);
#undef CREATE
}

static void rows_sub_buffer_flags(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	const cl_buffer_region region = { 0, 128 };

#define CREATE(buffer, flags) \
	cl->clCreateSubBuffer(buffer, flags, CL_BUFFER_CREATE_TYPE_REGION, &region, errcode)

	ROW_CREATE(CL_INVALID_VALUE, "of a CL_MEM_WRITE_ONLY buffer, with CL_MEM_READ_WRITE",
		   CREATE(world->write_only, CL_MEM_READ_WRITE));
	ROW_CREATE(CL_INVALID_VALUE, "of a CL_MEM_WRITE_ONLY buffer, with CL_MEM_READ_ONLY",
		   CREATE(world->write_only, CL_MEM_READ_ONLY));
	ROW_CREATE(CL_INVALID_VALUE, "of a CL_MEM_READ_ONLY buffer, with CL_MEM_READ_WRITE",
		   CREATE(world->read_only, CL_MEM_READ_WRITE));
	ROW_CREATE(CL_INVALID_VALUE, "of a CL_MEM_READ_ONLY buffer, with CL_MEM_WRITE_ONLY",
		   CREATE(world->read_only, CL_MEM_WRITE_ONLY));
	ROW_CREATE(CL_INVALID_VALUE, "flags has CL_MEM_USE_HOST_PTR",
		   CREATE(world->buffer, CL_MEM_USE_HOST_PTR));
	ROW_CREATE(CL_INVALID_VALUE, "flags has CL_MEM_ALLOC_HOST_PTR",
		   CREATE(world->buffer, CL_MEM_ALLOC_HOST_PTR));
	ROW_CREATE(CL_INVALID_VALUE, "flags has CL_MEM_COPY_HOST_PTR",
		   CREATE(world->buffer, CL_MEM_COPY_HOST_PTR));
	ROW_CREATE(CL_INVALID_VALUE, "flags has a bit that is no flag",
		   CREATE(world->buffer, NO_FLAG));
	ROW_CREATE(CL_INVALID_VALUE, "flags exclude each other",
		   CREATE(world->buffer, CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY));
	ROW_CREATE(CL_INVALID_VALUE,
		   "of a CL_MEM_HOST_WRITE_ONLY buffer, with CL_MEM_HOST_READ_ONLY",
		   CREATE(world->host_write_only, CL_MEM_HOST_READ_ONLY));
	ROW_CREATE(CL_INVALID_VALUE,
		   "of a CL_MEM_HOST_READ_ONLY buffer, with CL_MEM_HOST_WRITE_ONLY",
		   CREATE(world->host_read_only, CL_MEM_HOST_WRITE_ONLY));
	ROW_CREATE(CL_INVALID_VALUE,
		   "of a CL_MEM_HOST_NO_ACCESS buffer, with CL_MEM_HOST_READ_ONLY",
		   CREATE(world->host_no_access, CL_MEM_HOST_READ_ONLY));
	ROW_CREATE(CL_INVALID_VALUE,
		   "of a CL_MEM_HOST_NO_ACCESS buffer, with CL_MEM_HOST_WRITE_ONLY",
		   CREATE(world->host_no_access, CL_MEM_HOST_WRITE_ONLY));
#undef CREATE
}

static void rows_sub_buffer(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	const cl_buffer_create_type type = CL_BUFFER_CREATE_TYPE_REGION;
	const cl_buffer_region good = { 0, 128 }, empty = { 0, 0 }, odd = { 1, 16 };
	const cl_buffer_region long_one = { 128, ERROR_BUFFER_BYTES };
	const cl_buffer_region behind = { 2 * ERROR_BUFFER_BYTES, 16 };
	const cl_buffer_region wrapping = { 128, SIZE_MAX - 64 };

#define CREATE(region) cl->clCreateSubBuffer(world->buffer, 0, type, region, errcode)

	error_entry_point("clCreateSubBuffer");
	ROWS_BAD_CREATE(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT,
			cl->clCreateSubBuffer(bad, 0, type, &good, errcode));
	ROW_CREATE(CL_INVALID_MEM_OBJECT, "buffer is a sub-buffer",
		   cl->clCreateSubBuffer(world->sub_buffer, 0, type, &good, errcode));
	rows_sub_buffer_flags(world);
	ROW_CREATE(CL_INVALID_VALUE, "buffer_create_type is not valid",
		   cl->clCreateSubBuffer(world->buffer, 0, 0x7fff, &good, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "buffer_create_info is NULL", CREATE(NULL));
	ROW_CREATE(CL_INVALID_VALUE, "the region ends outside the buffer", CREATE(&long_one));
	ROW_CREATE(CL_INVALID_VALUE, "the region begins outside the buffer", CREATE(&behind));
	ROW_CREATE(CL_INVALID_VALUE, "the end of the region overflows", CREATE(&wrapping));
	ROW_CREATE(CL_INVALID_BUFFER_SIZE, "the size of the region is 0", CREATE(&empty));
	ROW_CREATE(CL_MISALIGNED_SUB_BUFFER_OFFSET,
		   "no device has origin aligned to CL_DEVICE_MEM_BASE_ADDR_ALIGN", CREATE(&odd));
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for the sub-buffer",
			     "a sub-buffer has no memory of its own");
	error_resources(world);
#undef CREATE
}

static void CL_CALLBACK ignore_memory(cl_mem memory, void *user_data)
{
}

static void rows_objects(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

	error_entry_point("clRetainMemObject");
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, cl->clRetainMemObject(bad));
	error_resources(world);

	error_entry_point("clReleaseMemObject");
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, cl->clReleaseMemObject(bad));
	error_resources(world);

	error_entry_point("clSetMemObjectDestructorCallback");
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT,
		 cl->clSetMemObjectDestructorCallback(bad, ignore_memory, NULL));
	ROW(CL_INVALID_VALUE, "pfn_notify is NULL",
	    cl->clSetMemObjectDestructorCallback(world->buffer, NULL, NULL));
	error_resources(world);

	error_entry_point("clGetMemObjectInfo");
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT,
		 cl->clGetMemObjectInfo(bad, CL_MEM_SIZE, sizeof(out->bytes), out->bytes,
					&out->size));
	ROWS_QUERY(CL_MEM_SIZE, cl->clGetMemObjectInfo(world->buffer, name, size, value, size_ret));
	error_resources(world);
}

void error_rows_buffer(struct error_world *world)
{
	rows_create(world);
	rows_create_with_properties(world);
	rows_sub_buffer(world);
	rows_objects(world);
}
