// SPDX-License-Identifier: MIT
/* What the files on images share. */
#ifndef TANDEM_API_IMAGE_H
#define TANDEM_API_IMAGE_H

#include "api.h"

/* Whether a device of the context has images. */
bool tandem_api_has_images(const struct tandem_context *context);

/*
 * Whether a device with @properties can have an image like this, with @flags. Without it:
 * CL_INVALID_OPERATION where it has no images, CL_INVALID_IMAGE_SIZE,
 * CL_IMAGE_FORMAT_NOT_SUPPORTED. It logs nothing.
 */
cl_int tandem_api_check_image(const struct tandem_device_properties *properties,
			      const struct tandem_image_shape *shape, cl_mem_flags flags);

#endif
