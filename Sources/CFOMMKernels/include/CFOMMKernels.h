/// The operations of the First Order Motion Model as C kernels: one header, one table per instruction set.
///
/// Every source in template/ is compiled once per folder (portable/, avx2/, avxvnni/, avx512/, avx512vnni/, neon/, neondot/,
/// neoni8mm/)
/// with that folder's target attributes and tile sizes, and ends up in one `puppet_kernels` table. Dispatch, tests and benchmarks all go through
/// these tables; a variant that is in no table does not exist. Kernels neither allocate nor fail nor lock: whoever
/// calls them has checked the shapes, and splits rows between threads.
///
/// Layout. A tensor is channel-blocked: `[blocks][height + 2 halo][width + 2 halo][16]` float32, 64-byte aligned. Its
/// halo, and the lanes of a last block that hold no channel, are always 0, so that padding costs nothing and a
/// convolution needs no border case. Strides count elements, here floats.
///
/// A kernel takes a description of what it computes, which is the same for all threads, and which part of that is to be
/// computed now. It writes what is called `output`, `activated`, `kept` or like what its comment says it finds, and no more.
#ifndef CFOMMKERNELS_H
#define CFOMMKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PUPPET_BLOCK 16

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// A part of the work: `first ..< first + count` of rows, columns, pixels, tiles or blocks.
typedef struct {
    int32_t first;
    int32_t count;
} puppet_range;

/// A tensor, or a window of one.
typedef struct {
    float *data;             ///< pixel (0, 0) of block 0; may lie in a halo
    ptrdiff_t block_stride;  ///< from a block to the next
    ptrdiff_t row_stride;    ///< from a row to the next
    int32_t blocks;          ///< of 16 channels
    int32_t height;          ///< rows
    int32_t width;           ///< pixels a row
} puppet_tensor;

/// `[height][width][channels]` float32 without a halo.
typedef struct {
    float *data;
    int32_t channels;
    int32_t height;
    int32_t width;
} puppet_image;

/// The pre-activation of the layer that comes next, made while values are at hand: `max(value * scale + shift, 0)`.
typedef struct {
    float *_Nullable activated;    ///< in the layout of the values; NULL where nobody wants it
    const float *_Nullable scale;  ///< `[blocks][16]`, with `activated`
    const float *_Nullable shift;  ///< `[blocks][16]`, with `activated`
} puppet_preactivation;

typedef enum { PUPPET_FLOAT32, PUPPET_FLOAT16, PUPPET_INT8 } puppet_weight_type;

/// The weights of a convolution, in the order in which they are read: a step is (input block, ky, kx, channel in use), or
/// of 8-bit integers (input block, ky, kx, four channels, in use or not). A convolution that is computed by a transform has
/// one of everything for each position of the transform.
///
/// On 8-bit integers an input v becomes the integer `v * per_unit + zero`, rounded. In a transformed convolution `zero` is
/// `int8_zero`, and everything further than `int8_levels` from it is clamped; a direct one reads no negative values, and
/// has 0 to `int8_unsigned_levels`. Weights are signed.
typedef struct {
    puppet_weight_type type;
    /// `[positions][output_blocks][steps][16]`, with PUPPET_INT8 `[positions][output_blocks][steps][16][4]`: output channel,
    /// input channel; `[steps / 2][16][8]` where `int8_together` is 8. PUPPET_FLOAT16, IEEE's binary16, is not for transformed convolutions.
    const void *values;
    ptrdiff_t steps;
    /// `[positions][output_blocks][16]`: what 1 in a sum stands for; not with PUPPET_FLOAT32.
    const float *_Nullable unit;
    /// With PUPPET_INT8, `[positions][output_blocks][16]`: minus `zero` times the sum of the weights.
    const int32_t *_Nullable first_sum;
    /// With PUPPET_INT8, `[positions of the input's transform][input_blocks][16]`.
    const float *_Nullable per_unit;
} puppet_weights;

/// A tensor of 8-bit integers as a direct convolution reads it, none of them negative: `v * per_unit`, rounded.
typedef struct {
    uint8_t *_Nullable values;        ///< pixel (0, 0) of block 0; NULL where nobody wants them
    const float *_Nullable per_unit;  ///< `[blocks][16]`
} puppet_integers;

/// A 2-D convolution of stride 1 and what is done to its sums while they are still in registers:
/// `v = sum + bias (+ residual)`, `output = relu ? max(v, 0) : v`, and `next` of v.
typedef struct {
    puppet_tensor input;            ///< with its padding: output pixel (0, 0) is what the kernel makes of it at (0, 0)
    const int32_t *block_channels;  ///< `[input.blocks]` channels in use per input block, 1...16
    /// With PUPPET_INT8 the input as integers, in the layout of `input`, whose data is not read; NULL where the convolution
    /// is transformed and they are made on the way.
    const uint8_t *_Nullable integers;
    int32_t kernel_height;
    int32_t kernel_width;
    puppet_weights weights;
    const float *bias;              ///< `[output.blocks][16]`
    puppet_tensor output;
    ptrdiff_t output_pixel_stride;  ///< 16, or 32 where every second pixel is written
    /// Instead of `output`, whose data is not written, in its layout. Not of the variants without `conv2d_rows`.
    puppet_integers output_integers;
    bool relu;
    const float *_Nullable residual;  ///< in the layout of `output`
    puppet_preactivation next;
} puppet_conv2d;

/// A 3x3 convolution for Winograd's F(4x4, 3x3), of which the result's height and width are multiples of 4.
typedef struct {
    /// Transformed: a step is an input channel, or four; 36 positions, 25 where the input is upsampled. The input is padded
    /// by 1.
    puppet_conv2d convolution;
    /// The input is half as high and wide; what is convolved is each of its pixels as 2x2 pixels.
    bool upsampled;
    /// The output is half as high and wide: the mean of 2x2 pixels. No residual, no pre-activation, no integers.
    bool pooled;
    /// Which tiles of 4x4 pixels of the result there are to compute, counted along the rows, each once; NULL for all of them.
    const int32_t *_Nullable tiles;
} puppet_winograd;

/// Mean of 2x2 pixels.
typedef struct {
    puppet_tensor input;
    puppet_tensor output;  ///< half as high and wide
} puppet_average_pool;

/// Separable blur with zero padding, then every `step`-th pixel.
typedef struct {
    puppet_tensor input;
    const float *weights;  ///< `[weight_count]`, of a column as of a row, the middle one on the pixel itself
    int32_t weight_count;
    int32_t step;
    puppet_tensor output;  ///< `height / step` x `width / step`, rounded up
} puppet_downsample;

/// Where pixels lie: coordinates, usually in -1...1.
typedef struct {
    const float *columns;  ///< x, `[width]`
    const float *rows;     ///< y, `[height]`
    int32_t height;
    int32_t width;
} puppet_grid;

typedef struct {
    float x, y;
} puppet_point;

/// From coordinates in -1...1 to pixels, `pixel = coordinate * scale + offset`: whether -1 is the centre of the first pixel
/// or its outer edge.
typedef struct {
    float scale_x, offset_x, scale_y, offset_y;
} puppet_unnormalise;

/// `z -> matrix z + offset`.
typedef struct {
    float xx, xy, yx, yy;
    float x, y;
} puppet_affine;

/// Sparse motion: of the background (0) and of every keypoint, how coordinates of the driving frame become the source's.
typedef struct {
    const puppet_affine *maps;  ///< `[count]`
    int32_t count;              ///< keypoints + 1, at most 63
    puppet_grid grid;           ///< of the driving frame
} puppet_sparse_motion;

/// Gaussians around keypoints, products of one along x and one along y.
typedef struct {
    const float *x;  ///< `[keypoints][width]`
    const float *y;  ///< `[keypoints][height]`
} puppet_gaussians;

/// The hourglass input of the dense motion network: per pixel and per motion n, channels 4n ..< 4n + 4 hold the heatmap
/// difference (driving minus source, 0 of the background) and the source's three colours, sampled where motion n says.
typedef struct {
    puppet_sparse_motion motion;
    puppet_gaussians driving;
    puppet_gaussians source;
    puppet_tensor image;  ///< the source: colours in channels 0...2, halo of at least 1
    puppet_unnormalise unnormalise;
    puppet_tensor output;  ///< height and width of the grid
} puppet_motion_input;

/// Logits (channels 0 ..< motion.count: mask, the next one: occlusion) -> softmax over the mask's channels, sum of mask
/// times motion, sigmoid of the occlusion.
typedef struct {
    puppet_tensor logits;  ///< height and width of the grid, at most 4 blocks
    puppet_sparse_motion motion;
    float *mask;                 ///< `[motion.count][height * width]`
    float *deformation;          ///< `[height * width][2]`: x, y
    float *_Nullable occlusion;  ///< `[height * width]`, 0...1; NULL where nobody wants it
} puppet_combined_motion;

/// `output = input(deformation) * occlusion`, sampled bilinearly and 0 outside of the input, and `next` of that.
typedef struct {
    puppet_tensor input;  ///< halo of at least 1
    puppet_unnormalise unnormalise;
    const float *deformation;          ///< `[output.height * output.width][2]`: x, y
    const float *_Nullable occlusion;  ///< `[output.height * output.width]`; NULL for 1
    puppet_tensor output;              ///< as many blocks as the input
    puppet_preactivation next;
} puppet_warp;

/// How much tiles of 4x4 pixels changed; both sums are over a tile's pixels and all blocks.
typedef struct {
    puppet_tensor fresh;
    const float *kept;  ///< in the layout of `fresh`
    float *changes;     ///< `[tiles]`: sum of `|fresh - kept|`, 0 where all are equal
    float *magnitudes;  ///< `[tiles]`: sum of `|fresh|`
} puppet_tile_changes;

/// `kept = fresh`, and `next` of that, for some tiles of 4x4 pixels.
typedef struct {
    puppet_tensor fresh;
    float *kept;                ///< in the layout of `fresh`
    puppet_preactivation next;  ///< wanted
    const int32_t *tiles;       ///< which, counted along the rows
} puppet_tile_adoption;

/// Second half of a convolution split by columns: `output[c][y][x] = sigmoid(bias[c] + sum over kx of channel 4 kx + c of the
/// partial sums at (y, x + kx - kernel_width / 2))`.
typedef struct {
    puppet_tensor partials;  ///< halo of at least kernel_width / 2
    int32_t kernel_width;
    int32_t channels;   ///< 1...4
    const float *bias;  ///< `[4]`
    float *output;      ///< `[channels][height][width]`, of the partial sums' size
} puppet_column_sum;

typedef struct {
    const char *name;  ///< as for `puppet_kernels_named`
    /// Output blocks that one call of `conv2d_rows` computes together; 0 where the variant has no such kernel.
    int32_t group_blocks;
    /// Pixels that are computed together at most; 0 where the variant has no such kernel.
    int32_t tile_pixels;
    /// How far an integer can be from zero, in a convolution on 8-bit integers; 0 where the variant has none.
    int32_t int8_levels;
    /// What the integer of 0.0 is there.
    int32_t int8_zero;
    /// How large an integer can be where no value is negative and that of 0.0 is 0, as in a direct convolution.
    int32_t int8_unsigned_levels;
    /// How many channels of an output have their weights next to one another, 4 or 8.
    int32_t int8_together;

    /// Output rows `rows` of the output blocks of `group`.
    void (*_Nullable conv2d_rows)(const puppet_conv2d *convolution, int32_t group, puppet_range rows);

    /// `output [blocks][height][width][16]`: integers of a direct convolution for `per_unit [blocks][16]`; see
    /// `puppet_weights`. Present where `conv2d_rows` is.
    void (*_Nullable quantise)(puppet_tensor input, const float *per_unit, uint8_t *output);

    /// Raises `ranges [blocks][16]` to the largest magnitude of every channel. Present where `conv2d_rows` is.
    void (*_Nullable channel_ranges)(puppet_tensor input, float *ranges);

    /// The tiles at the places `places` of `tiles`, or those tiles themselves where `tiles` is NULL, and the output blocks
    /// `blocks`, the first of which is a multiple of `group_blocks`. What a tile becomes does not depend on which others are
    /// computed with it. `scratch`, 64-byte aligned, holds 36 vectors of 16 floats for each of
    /// `(input.blocks * places.count | 1) + (group_blocks * places.count | 1)`. Present where `conv2d_rows` is.
    void (*_Nullable winograd_tiles)(
        const puppet_winograd *convolution, puppet_range places, puppet_range blocks, float *scratch);

    /// Raises `ranges [positions][input.blocks][16]` to the largest magnitude that the transformed input of
    /// `winograd_tiles` has anywhere in the tiles at `places`. Present where `conv2d_rows` is.
    void (*_Nullable winograd_ranges)(const puppet_winograd *convolution, puppet_range places, float *ranges);

    /// A convolution with 7 rows of kernel by F(4, 7), for the 4 output rows from `row` on (fewer at the end of the image)
    /// and the output columns `columns`. Its weights are transformed: 10 positions, a step is (input block, kx, channel in
    /// use). `scratch`, 64-byte aligned, holds 10 vectors of 16 floats for each of
    /// `(input.blocks * (columns.count + kernel_width - 1) | 1) + (group_blocks * columns.count | 1)`. Present where
    /// `conv2d_rows` is.
    void (*_Nullable tall_conv2d_rows)(
        const puppet_conv2d *convolution, int32_t row, puppet_range columns, float *scratch);

    /// A 7x7 convolution by F(4, 7) along both axes, for the tiles of 4x4 output pixels `tiles` of the line of tiles that begins
    /// with `row`. Its weights are transformed: 100 positions, a step is an input channel. `scratch`, 64-byte aligned, holds
    /// 100 vectors of 16 floats for each of `(input.blocks * tiles.count | 1) + (group_blocks * tiles.count | 1)`, and 10 for
    /// each of `4 * tiles.count + 6 | 1`. Present where `conv2d_rows` is.
    void (*_Nullable square_conv2d_tiles)(
        const puppet_conv2d *convolution, int32_t row, puppet_range tiles, float *scratch);

    /// `patches [pixels.count][weights.steps]`: what output pixels, counted along the rows, see, for a matrix product.
    /// Present where `conv2d_rows` is not.
    void (*_Nullable im2col_pixels)(const puppet_conv2d *convolution, puppet_range pixels, float *patches);

    /// Finishes `sums [pixels.count][16]` of one output block: bias, residual, activation, store. Present where
    /// `conv2d_rows` is not.
    void (*_Nullable finish_pixels)(
        const puppet_conv2d *convolution, int32_t block, puppet_range pixels, const float *sums);

    /// Output rows `rows` of all blocks.
    void (*average_pool_rows)(const puppet_average_pool *pool, puppet_range rows);

    /// Output rows `rows` of all blocks. `scratch`, 64-byte aligned, holds `16 * input.width` floats.
    void (*downsample_rows)(const puppet_downsample *downsample, puppet_range rows, float *scratch);

    /// Channels of a tensor -> planar `[channels.count][height * width]`.
    void (*unpack)(puppet_tensor input, puppet_range channels, float *output);

    /// Interleaved 8-bit RGB `[height * width][3]` -> channels 0...2 of a tensor, 0...1.
    void (*load_rgb8)(const uint8_t *input, puppet_tensor output);

    /// Planar `[3][count]` in 0...1 -> interleaved 8-bit RGB, rounded to nearest, clamped.
    void (*store_rgb8)(const float *input, ptrdiff_t count, uint8_t *output);

    /// In place: `values[i] = exp((values[i] - max) * scale) / sum`.
    void (*softmax)(float *values, ptrdiff_t count, float scale);

    /// Sum of `a[i] * b[i]`.
    float (*dot)(const float *a, const float *b, ptrdiff_t count);

    /// Mean position under `weights [height][width]` that sum to 1.
    puppet_point (*weighted_mean)(const float *weights, puppet_grid grid);

    /// `output[i] = exp(-0.5 * (positions[i] - centre)^2 / variance)`.
    void (*gaussian)(const float *positions, ptrdiff_t count, float centre, float variance, float *output);

    /// Rows `rows` of the grid.
    void (*motion_input_rows)(const puppet_motion_input *input, puppet_range rows);

    /// Rows `rows` of the grid.
    void (*combine_motion_rows)(const puppet_combined_motion *combined, puppet_range rows);

    /// Output rows `rows`.
    void (*warp_rows)(const puppet_warp *warp, puppet_range rows);

    /// The tiles `tiles`, counted along the rows.
    void (*tile_changes)(const puppet_tile_changes *changes, puppet_range tiles);

    /// The tiles at the places `places` of the list.
    void (*adopt_tiles)(const puppet_tile_adoption *adoption, puppet_range places);

    /// Bilinear, half-pixel centres, clamped. Both have as many channels.
    void (*resize_bilinear)(puppet_image input, puppet_image output);

    /// Pixels `columns` of the rows `rows`.
    void (*sum_columns_sigmoid)(const puppet_column_sum *sum, puppet_range rows, puppet_range columns);

    /// IEEE binary16 -> float32. The input need not be aligned.
    void (*expand_float16)(const void *input, ptrdiff_t count, float *output);

    /// Nothing but multiply-adds that do not wait for one another, `rounds` times as many as registers hold sums: the
    /// yardstick for convolutions. - Returns: how many there were. `values`: 16 floats, which come out changed.
    int64_t (*multiply_adds)(int64_t rounds, float *values);
} puppet_kernels;

/// From now on the calling thread takes floats below 1.2e-38 for zero. A heatmap has many of these far from its keypoint, and
/// Intel's cores take many times as long for each as for others (docs/kernels.md).
///
/// \return how it was before, for `puppet_restore_subnormals`
uint64_t puppet_flush_subnormals(void);

/// \param before the result of `puppet_flush_subnormals` on the same thread
void puppet_restore_subnormals(uint64_t before);

/// Whether threads of this process may run on the processor of that number, as the kernel counts them from 0.
bool puppet_may_run_on(int32_t processor);

/// What the CPU calls itself, and a zero; empty where it has no name.
void puppet_processor_name(char name[_Nonnull 49]);

/// The table of an instruction set, or NULL where this build or this CPU does not have it.
/// Names: "portable"; of x86-64 "avx2" (with FMA and F16C), "avxvnni" (that with AVX-VNNI), "avx512" (F, BW, DQ, VL), "avx512vnni"
/// (that with VNNI); of AArch64 "neon", "neondot" (that with dot products) and "neoni8mm" (that with
/// matrix products).
const puppet_kernels *_Nullable puppet_kernels_named(const char *name);

/// Tells the core that the thread is waiting in a loop.
static inline void puppet_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Gives the system the memory that was freed. By itself malloc keeps what lies below something that is in use.
void puppet_release_freed_memory(void);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
