// SPDX-License-Identifier: MIT
/*
 * Prints tandem-features(7), the manual page of what devices report, from the table that the
 * queries are answered from. Its argument is Tandem's version.
 */
#include <stdio.h>

#include "driver/features.h"

static void print_version(cl_version version)
{
	printf("Version %u.%u.%u.\n", CL_VERSION_MAJOR(version), CL_VERSION_MINOR(version),
	       CL_VERSION_PATCH(version));
}

/* Which devices have it, and on which condition: what features.c looks at, in words. */
static void print_devices(const struct tandem_feature *feature)
{
	if (feature->needs_images)
		puts("host and vsvm: images of Mesa's devices are not passed on.");
	else if (feature->needs_sub_groups)
		puts("host and vsvm: sub-groups of Mesa's devices are not passed on.");
	else if (feature->needs_unified_memory)
		puts("host and vsvm, whose memory is at the addresses that the application knows.");
	else if (feature->needs_spirv)
		puts("host and vsvm, where a translator of SPIR-V is installed.");
	else if (feature->needs_svm_atomics)
		puts("Devices with SVM atomics: host, and vsvm where its kernel driver takes "
		     "exclusive ranges.");
	else if (feature->is_of_calls)
		puts("All devices: it is of the runtime's calls.");
	else
		puts("host and vsvm, and mesa where Mesa's device has it.");
}

static void print_names(enum tandem_feature_kind kind)
{
	const struct tandem_feature *feature = NULL;

	while ((feature = tandem_feature_next(NULL, kind, feature))) {
		printf(".TP\n.B %s\n", feature->name);
		if (feature->why) {
			printf("Not reported: %s.\n", feature->why);
			continue;
		}
		print_version(feature->version);
		if (kind != TANDEM_PLATFORM_EXTENSION)
			print_devices(feature);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "Usage: %s VERSION\n", argv[0]);
		return 2;
	}
	puts(".\\\" SPDX-License-Identifier: MIT");
	printf(".TH TANDEM-FEATURES 7 \"\" \"Tandem %s\" \"Tandem\"\n", argv[1]);
	puts(".SH NAME\ntandem-features \\- what Tandem's devices report, and why\n"
	     ".SH DESCRIPTION\n"
	     "The extensions and the optional features of OpenCL C that Tandem knows, with their\n"
	     "version and the devices that report them.\nWhat is reported is what works:\n"
	     "the queries, the compiler and this page stand on one table.\n"
	     ".BR clinfo (1)\nprints what the devices of this machine report.");
	puts(".SH EXTENSIONS OF THE PLATFORM");
	print_names(TANDEM_PLATFORM_EXTENSION);
	puts(".SH EXTENSIONS OF DEVICES");
	print_names(TANDEM_EXTENSION);
	puts(".SH FEATURES OF OPENCL C");
	print_names(TANDEM_FEATURE);
	puts(".SH NOT REPORTED");
	print_names(TANDEM_NOT_REPORTED);
	puts(".SH SEE ALSO\n.BR tandem (7),\n.BR clinfo (1)");
	return fflush(stdout) || ferror(stdout);
}
