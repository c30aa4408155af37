// SPDX-License-Identifier: MIT
/* The ioctl of nouveau for exclusive ranges, as kmd-patches/ adds it to nouveau_drm.h. */
#ifndef TANDEM_DRIVER_MESA_NOUVEAU_EXCLUSIVE_H
#define TANDEM_DRIVER_MESA_NOUVEAU_EXCLUSIVE_H

#include "uapi/drm/drm_exclusive.h"

#define DRM_NOUVEAU_SVM_EXCLUSIVE 0x0a
#define DRM_IOCTL_NOUVEAU_SVM_EXCLUSIVE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_NOUVEAU_SVM_EXCLUSIVE, struct drm_exclusive_range)

#endif
