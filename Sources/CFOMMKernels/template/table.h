// The table of one instruction set. Before this file is included, PUPPET_NAME and PUPPET_TABLE are defined. A variant
// that has convolutions of its own also defines TILE_BLOCKS, TILE_PIXELS and PUPPET_VECTOR_BYTES, and PUPPET_VNNI or
// PUPPET_DOT where it has that; others go through a matrix product.
#include "heads.h"
#include "image.h"
#include "motion.h"
#include "peak.h"
#include "tiles.h"
#ifdef TILE_PIXELS
#include "square_conv2d.h"
#include "winograd.h"
#else
#include "matrix_convolution.h"
#endif

const puppet_kernels PUPPET_TABLE = {
    .name = PUPPET_NAME,
#ifdef TILE_PIXELS
    .group_blocks = TILE_BLOCKS,
    .tile_pixels = TILE_PIXELS,
    .conv2d_rows = conv2d_rows,
    .int8_levels = INT8_LEVELS,
    .int8_zero = INT8_ZERO,
    .int8_unsigned_levels = INT8_UNSIGNED_LEVELS,
    .int8_together = INT8_TOGETHER,
    .quantise = quantise,
    .channel_ranges = channel_ranges,
    .winograd_tiles = winograd_tiles,
    .winograd_ranges = winograd_ranges,
    .tall_conv2d_rows = tall_conv2d_rows,
    .square_conv2d_tiles = square_conv2d_tiles,
#else
    .im2col_pixels = im2col_pixels,
    .finish_pixels = finish_pixels,
#endif
    .average_pool_rows = average_pool_rows,
    .downsample_rows = downsample_rows,
    .unpack = unpack,
    .load_rgb8 = load_rgb8,
    .store_rgb8 = store_rgb8,
    .softmax = softmax,
    .dot = dot,
    .weighted_mean = weighted_mean,
    .gaussian = gaussian,
    .motion_input_rows = motion_input_rows,
    .combine_motion_rows = combine_motion_rows,
    .warp_rows = warp_rows,
    .tile_changes = tile_changes,
    .adopt_tiles = adopt_tiles,
    .resize_bilinear = resize_bilinear,
    .sum_columns_sigmoid = sum_columns_sigmoid,
    .expand_float16 = expand_float16,
    .multiply_adds = multiply_adds,
};
