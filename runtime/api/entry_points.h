// SPDX-License-Identifier: MIT
/*
 * The functions of the OpenCL API that this runtime has, all of them, once: their
 * declarations, the dispatch table, the look-up by name and tests come of these lists.
 */
#ifndef TANDEM_API_ENTRY_POINTS_H
#define TANDEM_API_ENTRY_POINTS_H

#include <CL/cl.h>
#include <CL/cl_egl.h>
#include <CL/cl_ext.h>
#include <CL/cl_gl.h>

#include "command_buffer_entry_points.h"
#include "util/new_names.h"

/* The core of OpenCL 1.0 to 3.0. */
#define TANDEM_CORE_ENTRY_POINTS(X)                 \
	X(clGetPlatformIDs)                         \
	X(clGetPlatformInfo)                        \
	X(clGetExtensionFunctionAddress)            \
	X(clGetExtensionFunctionAddressForPlatform) \
	X(clGetDeviceIDs)                           \
	X(clGetDeviceInfo)                          \
	X(clCreateSubDevices)                       \
	X(clRetainDevice)                           \
	X(clReleaseDevice)                          \
	X(clSetDefaultDeviceCommandQueue)           \
	X(clGetDeviceAndHostTimer)                  \
	X(clGetHostTimer)                           \
	X(clCreateContext)                          \
	X(clCreateContextFromType)                  \
	X(clRetainContext)                          \
	X(clReleaseContext)                         \
	X(clGetContextInfo)                         \
	X(clSetContextDestructorCallback)           \
	X(clCreateCommandQueue)                     \
	X(clCreateCommandQueueWithProperties)       \
	X(clRetainCommandQueue)                     \
	X(clReleaseCommandQueue)                    \
	X(clGetCommandQueueInfo)                    \
	X(clSetCommandQueueProperty)                \
	X(clFlush)                                  \
	X(clFinish)                                 \
	X(clCreateBuffer)                           \
	X(clCreateBufferWithProperties)             \
	X(clCreateSubBuffer)                        \
	X(clRetainMemObject)                        \
	X(clReleaseMemObject)                       \
	X(clSetMemObjectDestructorCallback)         \
	X(clGetMemObjectInfo)                       \
	X(clEnqueueReadBuffer)                      \
	X(clEnqueueReadBufferRect)                  \
	X(clEnqueueWriteBuffer)                     \
	X(clEnqueueWriteBufferRect)                 \
	X(clEnqueueFillBuffer)                      \
	X(clEnqueueCopyBuffer)                      \
	X(clEnqueueCopyBufferRect)                  \
	X(clEnqueueMapBuffer)                       \
	X(clEnqueueUnmapMemObject)                  \
	X(clEnqueueMigrateMemObjects)               \
	X(clCreateImage)                            \
	X(clCreateImageWithProperties)              \
	X(clCreateImage2D)                          \
	X(clCreateImage3D)                          \
	X(clGetSupportedImageFormats)               \
	X(clGetImageInfo)                           \
	X(clEnqueueReadImage)                       \
	X(clEnqueueWriteImage)                      \
	X(clEnqueueFillImage)                       \
	X(clEnqueueCopyImage)                       \
	X(clEnqueueCopyImageToBuffer)               \
	X(clEnqueueCopyBufferToImage)               \
	X(clEnqueueMapImage)                        \
	X(clCreatePipe)                             \
	X(clGetPipeInfo)                            \
	X(clCreateSampler)                          \
	X(clCreateSamplerWithProperties)            \
	X(clRetainSampler)                          \
	X(clReleaseSampler)                         \
	X(clGetSamplerInfo)                         \
	X(clSVMAlloc)                               \
	X(clSVMFree)                                \
	X(clEnqueueSVMFree)                         \
	X(clEnqueueSVMMemcpy)                       \
	X(clEnqueueSVMMemFill)                      \
	X(clEnqueueSVMMap)                          \
	X(clEnqueueSVMUnmap)                        \
	X(clEnqueueSVMMigrateMem)                   \
	X(clCreateProgramWithSource)                \
	X(clCreateProgramWithBinary)                \
	X(clCreateProgramWithBuiltInKernels)        \
	X(clCreateProgramWithIL)                    \
	X(clRetainProgram)                          \
	X(clReleaseProgram)                         \
	X(clSetProgramReleaseCallback)              \
	X(clSetProgramSpecializationConstant)       \
	X(clBuildProgram)                           \
	X(clCompileProgram)                         \
	X(clLinkProgram)                            \
	X(clUnloadCompiler)                         \
	X(clUnloadPlatformCompiler)                 \
	X(clGetProgramInfo)                         \
	X(clGetProgramBuildInfo)                    \
	X(clCreateKernel)                           \
	X(clCreateKernelsInProgram)                 \
	X(clCloneKernel)                            \
	X(clRetainKernel)                           \
	X(clReleaseKernel)                          \
	X(clSetKernelArg)                           \
	X(clSetKernelArgSVMPointer)                 \
	X(clSetKernelExecInfo)                      \
	X(clGetKernelInfo)                          \
	X(clGetKernelArgInfo)                       \
	X(clGetKernelWorkGroupInfo)                 \
	X(clGetKernelSubGroupInfo)                  \
	X(clEnqueueNDRangeKernel)                   \
	X(clEnqueueTask)                            \
	X(clEnqueueNativeKernel)                    \
	X(clCreateUserEvent)                        \
	X(clSetUserEventStatus)                     \
	X(clWaitForEvents)                          \
	X(clGetEventInfo)                           \
	X(clRetainEvent)                            \
	X(clReleaseEvent)                           \
	X(clSetEventCallback)                       \
	X(clGetEventProfilingInfo)                  \
	X(clEnqueueMarker)                          \
	X(clEnqueueMarkerWithWaitList)              \
	X(clEnqueueBarrier)                         \
	X(clEnqueueBarrierWithWaitList)             \
	X(clEnqueueWaitForEvents)

/* Those of 3.1, whose place in the dispatch table is behind what older headers have of it. */
#define TANDEM_CORE_3_1_ENTRY_POINTS(X) X(clGetKernelSuggestedLocalWorkSize)

/* Extensions' names for functions of the core. */
#define TANDEM_ALIAS_ENTRY_POINTS(X) \
	X(clCreateSubDevicesEXT)     \
	X(clRetainDeviceEXT)         \
	X(clReleaseDeviceEXT)        \
	X(clGetKernelSubGroupInfoKHR)

/* Sharing with OpenGL and EGL, which is not supported: in the table, found by no name. */
#define TANDEM_SHARING_ENTRY_POINTS(X)   \
	X(clCreateFromGLBuffer)          \
	X(clCreateFromGLTexture)         \
	X(clCreateFromGLTexture2D)       \
	X(clCreateFromGLTexture3D)       \
	X(clCreateFromGLRenderbuffer)    \
	X(clGetGLObjectInfo)             \
	X(clGetGLTextureInfo)            \
	X(clEnqueueAcquireGLObjects)     \
	X(clEnqueueReleaseGLObjects)     \
	X(clGetGLContextInfoKHR)         \
	X(clCreateEventFromGLsyncKHR)    \
	X(clCreateFromEGLImageKHR)       \
	X(clEnqueueAcquireEGLObjectsKHR) \
	X(clEnqueueReleaseEGLObjectsKHR) \
	X(clCreateEventFromEGLSyncKHR)

/* Functions of extensions that the dispatch table lacks: found by their names only. */
#define TANDEM_EXTENSION_ENTRY_POINTS(X)         \
	X(clIcdGetPlatformIDsKHR)                \
	X(clSetKernelArgDevicePointerEXT)        \
	X(clCreateProgramWithILKHR)              \
	X(clCreateCommandQueueWithPropertiesKHR) \
	X(clGetKernelSuggestedLocalWorkSizeKHR)

/* The same of cl_khr_unified_svm. */
#define TANDEM_UNIFIED_SVM_ENTRY_POINTS(X) \
	X(clSVMAllocWithPropertiesKHR)     \
	X(clSVMFreeWithPropertiesKHR)      \
	X(clGetSVMPointerInfoKHR)          \
	X(clGetSVMSuggestedTypeIndexKHR)

/* The same of cl_intel_unified_shared_memory. */
#define TANDEM_UNIFIED_MEMORY_ENTRY_POINTS(X) \
	X(clHostMemAllocINTEL)                \
	X(clDeviceMemAllocINTEL)              \
	X(clSharedMemAllocINTEL)              \
	X(clMemFreeINTEL)                     \
	X(clMemBlockingFreeINTEL)             \
	X(clGetMemAllocInfoINTEL)             \
	X(clSetKernelArgMemPointerINTEL)      \
	X(clEnqueueMemFillINTEL)              \
	X(clEnqueueMemcpyINTEL)               \
	X(clEnqueueMigrateMemINTEL)           \
	X(clEnqueueMemAdviseINTEL)

/* The same of those that not all headers have: command_buffer_entry_points.h declares them. */
#define TANDEM_COMMAND_BUFFER_ENTRY_POINTS(X) \
	X(clCreateCommandBufferKHR)           \
	X(clRetainCommandBufferKHR)           \
	X(clReleaseCommandBufferKHR)          \
	X(clFinalizeCommandBufferKHR)         \
	X(clEnqueueCommandBufferKHR)          \
	X(clCommandBarrierWithWaitListKHR)    \
	X(clCommandCopyBufferKHR)             \
	X(clCommandCopyBufferRectKHR)         \
	X(clCommandCopyBufferToImageKHR)      \
	X(clCommandCopyImageKHR)              \
	X(clCommandCopyImageToBufferKHR)      \
	X(clCommandFillBufferKHR)             \
	X(clCommandFillImageKHR)              \
	X(clCommandNDRangeKernelKHR)          \
	X(clCommandSVMMemcpyKHR)              \
	X(clCommandSVMMemFillKHR)             \
	X(clGetCommandBufferInfoKHR)          \
	X(clUpdateMutableCommandsKHR)         \
	X(clGetMutableCommandInfoKHR)

/* Each is called tandem_ and its name, so that it cannot be taken for the loader's. */
#define TANDEM_DECLARE(name) extern __typeof__(name) tandem_##name;
TANDEM_CORE_ENTRY_POINTS(TANDEM_DECLARE)
TANDEM_CORE_3_1_ENTRY_POINTS(TANDEM_DECLARE)
TANDEM_ALIAS_ENTRY_POINTS(TANDEM_DECLARE)
TANDEM_SHARING_ENTRY_POINTS(TANDEM_DECLARE)
TANDEM_EXTENSION_ENTRY_POINTS(TANDEM_DECLARE)
TANDEM_UNIFIED_SVM_ENTRY_POINTS(TANDEM_DECLARE)
TANDEM_UNIFIED_MEMORY_ENTRY_POINTS(TANDEM_DECLARE)
#undef TANDEM_DECLARE

#endif
