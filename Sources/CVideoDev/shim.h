/// The kernel's own V4L2 interface, for devices that pictures are written to. libv4l, which converts what cameras
/// deliver, has nothing to do for those.
#include <linux/videodev2.h>
#include <sys/ioctl.h>

/// ioctl() is variadic, which Swift cannot call; V4L2 always passes exactly one pointer.
static inline int puppet_videodev_ioctl(int descriptor, unsigned long request, void *_Nonnull argument) {
    return ioctl(descriptor, request, argument);
}

/// Requests expand _IOR() and _IOWR(), which take a type as argument: Swift does not import such macros.
static const unsigned long PUPPET_VIDIOC_QUERYCAP = VIDIOC_QUERYCAP;
static const unsigned long PUPPET_VIDIOC_S_FMT = VIDIOC_S_FMT;
static const unsigned long PUPPET_VIDIOC_S_PARM = VIDIOC_S_PARM;
static const unsigned long PUPPET_VIDIOC_STREAMON = VIDIOC_STREAMON;

/// Pixel formats expand v4l2_fourcc(), a macro with arguments, which Swift does not import.
static const unsigned int PUPPET_V4L2_PIX_FMT_YUYV = V4L2_PIX_FMT_YUYV;
static const unsigned int PUPPET_V4L2_PIX_FMT_YUV420 = V4L2_PIX_FMT_YUV420;
