/*
 * Part of ascend-ipc, Apache-2.0.
 * Written from interoperability facts (names, signatures, values, layouts); no vendor text.
 */
/** @file Versions, SoC and capabilities. */
#ifndef ASCEND_SYS_RT_VERSION_H_
#define ASCEND_SYS_RT_VERSION_H_

#include "acl/rt/structs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Returns a cached static SoC name such as "Ascend910B1", or NULL on failure; needs no context.
 * @since v8.5.0-beta.1
 */
const char *aclrtGetSocName(void);

/**
 * Reads a package's version from its version.info file; a missing file gives 100003.
 * @since v8.5.0-beta.1
 */
aclError aclsysGetCANNVersion(aclCANNPackageName name, aclCANNPackageVersion *version);

/**
 * Gets the version text of the named package.
 * @since v8.5.0-beta.1
 */
aclError aclsysGetVersionStr(char *pkgName, char *versionStr);

/**
 * Gets a package version as one number: major*10000000 + minor*100000 + patch*1000.
 * @since v8.5.0-beta.1
 */
aclError aclsysGetVersionNum(char *pkgName, int32_t *versionNum);

/**
 * Tells whether the application runs on the device (0) or on the host (1).
 * @since v8.5.0-beta.1
 */
aclError aclrtGetRunMode(aclrtRunMode *runMode);

/**
 * Queries whether a device has a feature; no feature bit exists for IPC events.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetDeviceCapability(int32_t deviceId, aclrtDevFeatureType devFeatureType, int32_t *value);

/**
 * Gets the ACL API version as major, minor and patch; deprecated by the vendor.
 * @since v8.5.0-beta.1
 */
aclError aclrtGetVersion(int32_t *majorVersion, int32_t *minorVersion, int32_t *patchVersion);

/**
 * Checks whether the given SoC version string is compatible and writes the answer.
 * @since v8.5.0-beta.1
 */
aclError aclrtCheckArchCompatibility(const char *socVersion, int32_t *canCompatible);

#ifdef __cplusplus
}
#endif

#endif /* ASCEND_SYS_RT_VERSION_H_ */
