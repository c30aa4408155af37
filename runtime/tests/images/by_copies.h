// SPDX-License-Identifier: MIT
/*
 * Included in front of each file of the test: gives the functions of OpenCL to the runtime
 * that the test is linked with (by_copies.c), without a loader.
 */
#ifndef TANDEM_TESTS_IMAGES_BY_COPIES_H
#define TANDEM_TESTS_IMAGES_BY_COPIES_H

#include <CL/cl.h>

#include "api/entry_points.h"

#define clGetPlatformIDs		   tandem_clGetPlatformIDs
#define clGetDeviceIDs			   tandem_clGetDeviceIDs
#define clGetDeviceInfo			   tandem_clGetDeviceInfo
#define clCreateContext			   tandem_clCreateContext
#define clReleaseContext		   tandem_clReleaseContext
#define clRetainContext			   tandem_clRetainContext
#define clGetContextInfo		   tandem_clGetContextInfo
#define clCreateCommandQueue		   tandem_clCreateCommandQueue
#define clCreateCommandQueueWithProperties tandem_clCreateCommandQueueWithProperties
#define clReleaseCommandQueue		   tandem_clReleaseCommandQueue
#define clFlush				   tandem_clFlush
#define clFinish			   tandem_clFinish
#define clCreateBuffer			   tandem_clCreateBuffer
#define clCreateSubBuffer		   tandem_clCreateSubBuffer
#define clRetainMemObject		   tandem_clRetainMemObject
#define clReleaseMemObject		   tandem_clReleaseMemObject
#define clSetMemObjectDestructorCallback   tandem_clSetMemObjectDestructorCallback
#define clGetMemObjectInfo		   tandem_clGetMemObjectInfo
#define clEnqueueReadBuffer		   tandem_clEnqueueReadBuffer
#define clEnqueueWriteBuffer		   tandem_clEnqueueWriteBuffer
#define clEnqueueReadBufferRect		   tandem_clEnqueueReadBufferRect
#define clEnqueueWriteBufferRect	   tandem_clEnqueueWriteBufferRect
#define clEnqueueFillBuffer		   tandem_clEnqueueFillBuffer
#define clEnqueueCopyBuffer		   tandem_clEnqueueCopyBuffer
#define clEnqueueCopyBufferRect		   tandem_clEnqueueCopyBufferRect
#define clEnqueueMapBuffer		   tandem_clEnqueueMapBuffer
#define clEnqueueUnmapMemObject		   tandem_clEnqueueUnmapMemObject
#define clEnqueueMigrateMemObjects	   tandem_clEnqueueMigrateMemObjects
#define clCreateImage			   tandem_clCreateImage
#define clCreateImageWithProperties	   tandem_clCreateImageWithProperties
#define clCreateImage2D			   tandem_clCreateImage2D
#define clCreateImage3D			   tandem_clCreateImage3D
#define clGetSupportedImageFormats	   tandem_clGetSupportedImageFormats
#define clGetImageInfo			   tandem_clGetImageInfo
#define clEnqueueReadImage		   tandem_clEnqueueReadImage
#define clEnqueueWriteImage		   tandem_clEnqueueWriteImage
#define clEnqueueFillImage		   tandem_clEnqueueFillImage
#define clEnqueueCopyImage		   tandem_clEnqueueCopyImage
#define clEnqueueCopyImageToBuffer	   tandem_clEnqueueCopyImageToBuffer
#define clEnqueueCopyBufferToImage	   tandem_clEnqueueCopyBufferToImage
#define clEnqueueMapImage		   tandem_clEnqueueMapImage
#define clCreateSampler			   tandem_clCreateSampler
#define clCreateSamplerWithProperties	   tandem_clCreateSamplerWithProperties
#define clRetainSampler			   tandem_clRetainSampler
#define clReleaseSampler		   tandem_clReleaseSampler
#define clGetSamplerInfo		   tandem_clGetSamplerInfo
#define clSVMAlloc			   tandem_clSVMAlloc
#define clSVMFree			   tandem_clSVMFree
#define clCreateProgramWithSource	   tandem_clCreateProgramWithSource
#define clReleaseProgram		   tandem_clReleaseProgram
#define clBuildProgram			   tandem_clBuildProgram
#define clGetProgramBuildInfo		   tandem_clGetProgramBuildInfo
#define clGetProgramInfo		   tandem_clGetProgramInfo
#define clCreateKernel			   tandem_clCreateKernel
#define clReleaseKernel			   tandem_clReleaseKernel
#define clSetKernelArg			   tandem_clSetKernelArg
#define clGetKernelArgInfo		   tandem_clGetKernelArgInfo
#define clEnqueueNDRangeKernel		   tandem_clEnqueueNDRangeKernel
#define clEnqueueNativeKernel		   tandem_clEnqueueNativeKernel
#define clCreateUserEvent		   tandem_clCreateUserEvent
#define clSetUserEventStatus		   tandem_clSetUserEventStatus
#define clWaitForEvents			   tandem_clWaitForEvents
#define clGetEventInfo			   tandem_clGetEventInfo
#define clReleaseEvent			   tandem_clReleaseEvent
#define clRetainEvent			   tandem_clRetainEvent
#define clSetEventCallback		   tandem_clSetEventCallback

#endif
