// SPDX-License-Identifier: MIT
/*
 * What is known of a kernel and its arguments, and what arguments are set to. The
 * operations that are named here are those of struct tandem_device_ops
 * (driver/driver.h).
 */
#ifndef TANDEM_PROGRAM_KERNEL_INFO_H
#define TANDEM_PROGRAM_KERNEL_INFO_H

#include <stdbool.h>
#include <stdint.h>

#define TANDEM_DIMENSIONS 3

enum tandem_argument_kind {
	TANDEM_ARGUMENT_VALUE,
	TANDEM_ARGUMENT_GLOBAL, /* a pointer */
	TANDEM_ARGUMENT_CONSTANT, /* a pointer, too */
	TANDEM_ARGUMENT_LOCAL, /* local memory of the group, for this argument alone */
	TANDEM_ARGUMENT_IMAGE, /* a struct tandem_image_view (image/view.h), as a value is */
	TANDEM_ARGUMENT_SAMPLER, /* four bytes of TANDEM_SAMPLER_* bits, as a value is */
};

/* Whether what it is set to are bytes, as many as the kernel says. */
static inline bool tandem_argument_has_value(enum tandem_argument_kind kind)
{
	return kind == TANDEM_ARGUMENT_VALUE || kind == TANDEM_ARGUMENT_IMAGE ||
	       kind == TANDEM_ARGUMENT_SAMPLER;
}

/* What is known of an argument of a kernel. */
struct tandem_kernel_argument {
	enum tandem_argument_kind kind;
	uint32_t bytes; /* of a value; 0 where takes_value has to tell */
	uint32_t access_qualifier; /* CL_KERNEL_ARG_ACCESS_* */
	uint32_t image_type; /* CL_MEM_OBJECT_IMAGE* of an image */
	bool is_depth; /* an image of depths */
	uint64_t type_qualifier; /* CL_KERNEL_ARG_TYPE_* */
	const char *name;
	const char *type_name;
};

struct tandem_kernel_info {
	const char *name;
	const char *attributes; /* as CL_KERNEL_ATTRIBUTES wants them */
	uint32_t argument_count;
	const struct tandem_kernel_argument *arguments;
	uint32_t packed_bytes; /* of all arguments, in the form of pack_arguments */
	uint32_t required_group[TANDEM_DIMENSIONS]; /* reqd_work_group_size, or zeros */
	uint64_t local_bytes; /* __local variables; arguments come on top */
	uint64_t private_bytes; /* a work-item, as far as the driver can tell */
	uint64_t stack_bytes; /* that a thread which runs the kernel must have free */
	uint64_t max_group; /* at most the device's max_work_group_size */
	uint32_t preferred_group_multiple;
	uint32_t required_sub_group; /* intel_reqd_sub_group_size, or 0 */
	uint32_t required_sub_groups; /* of a group: SPIR-V's SubgroupsPerWorkgroup, or 0 */
	uint32_t sub_group_lanes; /* work-items of a sub-group, at most: a power of two; 0: no sub-groups */
	bool uses_printf;
	/*
	 * Work-items can tell which are in their group. Where they can't, the last groups of
	 * a dimension may be smaller than the others.
	 */
	bool sees_groups;
	/* They may be smaller all the same: its program takes non-uniform work-groups. */
	bool allows_uneven_groups;
	/* But this code is for groups of the required size alone: choose_form has a form for all. */
	bool has_whole_groups_only;
	/* Nor is it for groups of several rows that are no whole numbers of sub-groups. */
	bool has_whole_rows_only;
	/* Neighbours in the second dimension access neighbouring places, those in the first do not. */
	bool prefers_narrow_groups;
	/* Pointers that do not say that they lead to const may be written through. */
	bool tells_const;
};

/* What an argument of a kernel was set to. */
struct tandem_argument_value {
	enum tandem_argument_kind kind;
	uint32_t bytes; /* of a value */
	union {
		const void *value; /* so many bytes, with any alignment */
		const void *pointer; /* an address in the arena or of system SVM, or NULL */
		uint64_t local_bytes; /* 0 where it was not set */
	};
};

#endif
