// Convolution with a kernel of 7x7 by F(4, 7) along both axes: 100 products for 4x4 output pixels, where F(4, 7) down the
// columns alone has 280 and the definition 784.
//
// A tile of 4x4 output pixels depends on 10x10 of the input. V = B' d B and Y = A' M A with the matrices of tall_conv2d.h.
// Tiles that are side by side share columns, so the rows are transformed first, once for each column of a line of tiles.
//
// Both axes amplify what rounding loses, which grows by 25 (tall_conv2d.h: by 4).
#pragma once
#include "tall_conv2d.h"

#define SQUARE_SIDE TALL_ROWS
#define SQUARE_POSITIONS (TALL_POSITIONS * TALL_POSITIONS)

// Columns of the input that so many tiles read.
INLINE int32_t square_columns(int32_t tiles) { return SQUARE_SIDE * tiles + TALL_TAPS - 1; }

// The columns of one input block, [10][columns][16]. What lies beyond the image is zero: nothing that is stored depends on
// it.
static void square_input_columns(const puppet_conv2d *p, int32_t block, int32_t row, puppet_range tiles, float *lines) {
    const int32_t columns = square_columns(tiles.count), first = SQUARE_SIDE * tiles.first;
    const ptrdiff_t stride = position_stride(columns);
    const int32_t rows_left = p->input.height - row, columns_left = p->input.width - first;
    const int rows = rows_left < TALL_POSITIONS ? rows_left : TALL_POSITIONS;
    const float *top = pixel_at(&p->input, block, row, first);
    for (int32_t x = 0; x < columns; x++) {
        v16 d[TALL_POSITIONS] = {}, out[TALL_POSITIONS];
        if (x < columns_left)
            for (int y = 0; y < rows; y++) d[y] = load16(top + y * p->input.row_stride + x * PUPPET_BLOCK);
        tall_input_column(d, out);
        for (int y = 0; y < TALL_POSITIONS; y++) store16(lines + y * stride + x * PUPPET_BLOCK, out[y]);
    }
}

// V: [100][input blocks][tiles][16].
static void square_input(const puppet_conv2d *p, int32_t row, puppet_range tiles, float *v, float *lines) {
    const ptrdiff_t stride = position_stride((ptrdiff_t)p->input.blocks * tiles.count);
    const ptrdiff_t line_stride = position_stride(square_columns(tiles.count));
    for (int32_t block = 0; block < p->input.blocks; block++) {
        square_input_columns(p, block, row, tiles, lines);
        for (int y = 0; y < TALL_POSITIONS; y++) {
            for (int32_t tile = 0; tile < tiles.count; tile++) {
                const float *pixel = lines + y * line_stride + SQUARE_SIDE * tile * PUPPET_BLOCK;
                v16 d[TALL_POSITIONS], out[TALL_POSITIONS];
                for (int x = 0; x < TALL_POSITIONS; x++) d[x] = load16(pixel + x * PUPPET_BLOCK);
                tall_input_column(d, out);
                float *const target = v + ((ptrdiff_t)block * tiles.count + tile) * PUPPET_BLOCK;
                for (int x = 0; x < TALL_POSITIONS; x++)
                    store16(target + (y * TALL_POSITIONS + x) * stride, out[x]);
            }
        }
    }
}

// M: [100][TILE_BLOCKS][tiles][16], of the output blocks `blocks`.
static void square_output(
    const puppet_conv2d *p, puppet_range blocks, int32_t row, puppet_range tiles, const float *m) {
    const ptrdiff_t stride = position_stride((ptrdiff_t)TILE_BLOCKS * tiles.count);
    const int32_t rows_left = p->output.height - row;
    const int rows = rows_left < SQUARE_SIDE ? rows_left : SQUARE_SIDE;
    for (int32_t b = 0; b < blocks.count; b++) {
        for (int32_t tile = 0; tile < tiles.count; tile++) {
            const float *const values = m + ((ptrdiff_t)b * tiles.count + tile) * PUPPET_BLOCK;
            v16 lines[SQUARE_SIDE][TALL_POSITIONS];
            for (int y = 0; y < TALL_POSITIONS; y++) {
                v16 line[TALL_POSITIONS], out[SQUARE_SIDE];
                for (int x = 0; x < TALL_POSITIONS; x++) line[x] = load16(values + (y * TALL_POSITIONS + x) * stride);
                tall_output_column(line, out);
                for (int x = 0; x < SQUARE_SIDE; x++) lines[x][y] = out[x];
            }
            const int32_t first = SQUARE_SIDE * (tiles.first + tile), columns_left = p->output.width - first;
            for (int x = 0; x < SQUARE_SIDE && x < columns_left; x++) {
                v16 out[SQUARE_SIDE];
                tall_output_column(lines[x], out);
                for (int y = 0; y < rows; y++)
                    finish_pixel(
                        p, blocks.first + b,
                        (row + y) * p->output.row_stride + (first + x) * p->output_pixel_stride, out[y]);
            }
        }
    }
}

static void square_conv2d_tiles(const puppet_conv2d *p, int32_t row, puppet_range tiles, float *scratch) {
    const ptrdiff_t v_stride = position_stride((ptrdiff_t)p->input.blocks * tiles.count);
    const ptrdiff_t m_stride = position_stride((ptrdiff_t)TILE_BLOCKS * tiles.count);
    float *const v = scratch, *const m = v + SQUARE_POSITIONS * v_stride, *const lines = m + SQUARE_POSITIONS * m_stride;
    square_input(p, row, tiles, v, lines);
    for (int32_t block = 0; block < p->output.blocks; block += TILE_BLOCKS) {
        const puppet_range blocks = blocks_together(block, p->output.blocks);
        for (int position = 0; position < SQUARE_POSITIONS; position++)
            multiply_position(
                p, position, blocks, tiles.count, v + position * v_stride, v + (position + 1) % SQUARE_POSITIONS * v_stride,
                m + position * m_stride);
        square_output(p, blocks, row, tiles, m);
    }
}
