/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM drm_exclusive

#if !defined(_DRM_EXCLUSIVE_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _DRM_EXCLUSIVE_TRACE_H_

#include <linux/tracepoint.h>

#include <drm/drm_exclusive_helper.h>

DECLARE_EVENT_CLASS(drm_exclusive_span,
		    TP_PROTO(const struct drm_exclusive *exclusive,
			     unsigned long start, unsigned long end, int value),
		    TP_ARGS(exclusive, start, end, value),
		    TP_STRUCT__entry(__field(const void *, exclusive)
				     __field(unsigned long, start)
				     __field(unsigned long, end)
				     __field(int, value)
				    ),
		    TP_fast_assign(__entry->exclusive = exclusive;
				   __entry->start = start;
				   __entry->end = end;
				   __entry->value = value;
				  ),
		    TP_printk("exclusive=%p start=0x%lx end=0x%lx value=%d",
			      __entry->exclusive, __entry->start, __entry->end,
			      __entry->value)
);

/* value: 1 registered, 0 unregistered */
DEFINE_EVENT(drm_exclusive_span, drm_exclusive_register,
	     TP_PROTO(const struct drm_exclusive *exclusive, unsigned long start,
		      unsigned long end, int value),
	     TP_ARGS(exclusive, start, end, value)
);

/* value: how many pages of the span were granted */
DEFINE_EVENT(drm_exclusive_span, drm_exclusive_grant,
	     TP_PROTO(const struct drm_exclusive *exclusive, unsigned long start,
		      unsigned long end, int value),
	     TP_ARGS(exclusive, start, end, value)
);

/* value: what the device is told, 0 or a negative errno */
DEFINE_EVENT(drm_exclusive_span, drm_exclusive_fault,
	     TP_PROTO(const struct drm_exclusive *exclusive, unsigned long start,
		      unsigned long end, int value),
	     TP_ARGS(exclusive, start, end, value)
);

/* value: how often the grant was tried so far */
DEFINE_EVENT(drm_exclusive_span, drm_exclusive_retry,
	     TP_PROTO(const struct drm_exclusive *exclusive, unsigned long start,
		      unsigned long end, int value),
	     TP_ARGS(exclusive, start, end, value)
);

/* value: how many epochs of this range were contended so far */
DEFINE_EVENT(drm_exclusive_span, drm_exclusive_degrade,
	     TP_PROTO(const struct drm_exclusive *exclusive, unsigned long start,
		      unsigned long end, int value),
	     TP_ARGS(exclusive, start, end, value)
);

TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_CPU);
TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_DEVICE);
TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_UNMAP);
TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_CLEAR);
TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_PROTECTION);
TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_MIGRATE);
TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_EXIT);
TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_RELEASE);
TRACE_DEFINE_ENUM(DRM_EXCLUSIVE_CAUSE_PRESSURE);

TRACE_EVENT(drm_exclusive_revoke,
	    TP_PROTO(const struct drm_exclusive *exclusive, unsigned long start,
		     unsigned long end, unsigned long npages,
		     enum drm_exclusive_cause cause),
	    TP_ARGS(exclusive, start, end, npages, cause),
	    TP_STRUCT__entry(__field(const void *, exclusive)
			     __field(unsigned long, start)
			     __field(unsigned long, end)
			     __field(unsigned long, npages)
			     __field(int, cause)
			    ),
	    TP_fast_assign(__entry->exclusive = exclusive;
			   __entry->start = start;
			   __entry->end = end;
			   __entry->npages = npages;
			   __entry->cause = cause;
			  ),
	    TP_printk("exclusive=%p start=0x%lx end=0x%lx npages=%lu cause=%s",
		      __entry->exclusive, __entry->start, __entry->end,
		      __entry->npages,
		      __print_symbolic(__entry->cause,
				       { DRM_EXCLUSIVE_CAUSE_CPU, "cpu" },
				       { DRM_EXCLUSIVE_CAUSE_DEVICE, "device" },
				       { DRM_EXCLUSIVE_CAUSE_UNMAP, "unmap" },
				       { DRM_EXCLUSIVE_CAUSE_CLEAR, "clear" },
				       { DRM_EXCLUSIVE_CAUSE_PROTECTION, "protection" },
				       { DRM_EXCLUSIVE_CAUSE_MIGRATE, "migrate" },
				       { DRM_EXCLUSIVE_CAUSE_EXIT, "exit" },
				       { DRM_EXCLUSIVE_CAUSE_RELEASE, "release" },
				       { DRM_EXCLUSIVE_CAUSE_PRESSURE, "pressure" }))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
