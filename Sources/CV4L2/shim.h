/// Video4Linux: the kernel's structures and requests, and libv4l2 for cameras whose formats we do not read ourselves.
/// Devices that pictures are written to are asked by the kernel's own calls: libv4l2 has nothing to do for those.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/// open() is variadic, which Swift cannot call. Not v4l2_open(): it writes to standard error about whatever is not a
/// camera, and converts from the first call on. libv4l2's other functions pass a descriptor that it does not know
/// straight on to the kernel.
static inline int puppet_v4l2_open(const char *_Nonnull path) {
    return open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/// Has libv4l2 convert what this camera sends, for the descriptor's remaining life. Wrapped as libv4l2 writes to standard
/// error unless it has a file for that, and a FILE is nothing to handle in Swift.
static inline int puppet_v4l2_convert(int descriptor) {
    if (!v4l2_log_file) v4l2_log_file = fopen("/dev/null", "we");
    return v4l2_fd_open(descriptor, 0);
}

/// v4l2_ioctl() is variadic, which Swift cannot call; V4L2 always passes exactly one pointer.
static inline int puppet_v4l2_ioctl(int descriptor, unsigned long request, void *_Nonnull argument) {
    return v4l2_ioctl(descriptor, request, argument);
}

/// ioctl() is variadic as well: the kernel itself, past libv4l2.
static inline int puppet_kernel_ioctl(int descriptor, unsigned long request, void *_Nonnull argument) {
    return ioctl(descriptor, request, argument);
}

/// MAP_FAILED is a cast, which Swift does not import: here failure is NULL. The only way cameras are ever mapped.
static inline void *_Nullable puppet_v4l2_mmap(int descriptor, size_t length, long long offset) {
    void *memory = v4l2_mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, offset);
    return memory == MAP_FAILED ? NULL : memory;
}

// These expand _IOR(...) and its kin, which Swift does not import.
static const unsigned long PUPPET_VIDIOC_QUERYCAP = VIDIOC_QUERYCAP;
static const unsigned long PUPPET_VIDIOC_ENUM_FMT = VIDIOC_ENUM_FMT;
static const unsigned long PUPPET_VIDIOC_ENUM_FRAMESIZES = VIDIOC_ENUM_FRAMESIZES;
static const unsigned long PUPPET_VIDIOC_ENUM_FRAMEINTERVALS = VIDIOC_ENUM_FRAMEINTERVALS;
static const unsigned long PUPPET_VIDIOC_S_FMT = VIDIOC_S_FMT;
static const unsigned long PUPPET_VIDIOC_G_PARM = VIDIOC_G_PARM;
static const unsigned long PUPPET_VIDIOC_S_PARM = VIDIOC_S_PARM;
static const unsigned long PUPPET_VIDIOC_QUERYCTRL = VIDIOC_QUERYCTRL;
static const unsigned long PUPPET_VIDIOC_G_CTRL = VIDIOC_G_CTRL;
static const unsigned long PUPPET_VIDIOC_S_CTRL = VIDIOC_S_CTRL;
static const unsigned long PUPPET_VIDIOC_REQBUFS = VIDIOC_REQBUFS;
static const unsigned long PUPPET_VIDIOC_QUERYBUF = VIDIOC_QUERYBUF;
static const unsigned long PUPPET_VIDIOC_QBUF = VIDIOC_QBUF;
static const unsigned long PUPPET_VIDIOC_DQBUF = VIDIOC_DQBUF;
static const unsigned long PUPPET_VIDIOC_STREAMON = VIDIOC_STREAMON;
static const unsigned long PUPPET_VIDIOC_STREAMOFF = VIDIOC_STREAMOFF;
static const unsigned long PUPPET_VIDIOC_SUBSCRIBE_EVENT = VIDIOC_SUBSCRIBE_EVENT;
static const unsigned long PUPPET_VIDIOC_DQEVENT = VIDIOC_DQEVENT;

/// Of v4l2loopback from 0.13 on, whose header is installed nowhere: how many programs stream from a device, as a 32 bit
/// number in the event's data.
static const unsigned int PUPPET_V4L2_EVENT_CLIENT_USAGE = V4L2_EVENT_PRIVATE_START + 0x08E00000 + 1;

/// Pixel formats expand v4l2_fourcc(), a macro with arguments, which Swift does not import.
static const unsigned int PUPPET_V4L2_PIX_FMT_YUYV = V4L2_PIX_FMT_YUYV;
static const unsigned int PUPPET_V4L2_PIX_FMT_YUV420 = V4L2_PIX_FMT_YUV420;
