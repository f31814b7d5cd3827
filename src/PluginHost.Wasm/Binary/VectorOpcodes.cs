using System.Globalization;

namespace PluginHost.Wasm.Binary;

/// <summary>
/// The instructions of the prefix 0xFD (spec 5.4.8), a line for each: number, name, operands and result (v for a vector, otherwise
/// as in <see cref="OpcodeTable"/>), then kind of immediate with bytes touched or number of lanes.
/// </summary>
internal static class VectorOpcodes
{
    public const int Prefix = 0xFD;

    private const string Table = """
        00 v128.load i:v memory 16
        01 v128.load8x8_s i:v memory 8
        02 v128.load8x8_u i:v memory 8
        03 v128.load16x4_s i:v memory 8
        04 v128.load16x4_u i:v memory 8
        05 v128.load32x2_s i:v memory 8
        06 v128.load32x2_u i:v memory 8
        07 v128.load8_splat i:v memory 1
        08 v128.load16_splat i:v memory 2
        09 v128.load32_splat i:v memory 4
        0A v128.load64_splat i:v memory 8
        0B v128.store iv: memory 16
        0C v128.const :v const 0
        0D i8x16.shuffle vv:v shuffle 0
        0E i8x16.swizzle vv:v
        0F i8x16.splat i:v
        10 i16x8.splat i:v
        11 i32x4.splat i:v
        12 i64x2.splat I:v
        13 f32x4.splat f:v
        14 f64x2.splat F:v
        15 i8x16.extract_lane_s v:i lane 16
        16 i8x16.extract_lane_u v:i lane 16
        17 i8x16.replace_lane vi:v lane 16
        18 i16x8.extract_lane_s v:i lane 8
        19 i16x8.extract_lane_u v:i lane 8
        1A i16x8.replace_lane vi:v lane 8
        1B i32x4.extract_lane v:i lane 4
        1C i32x4.replace_lane vi:v lane 4
        1D i64x2.extract_lane v:I lane 2
        1E i64x2.replace_lane vI:v lane 2
        1F f32x4.extract_lane v:f lane 4
        20 f32x4.replace_lane vf:v lane 4
        21 f64x2.extract_lane v:F lane 2
        22 f64x2.replace_lane vF:v lane 2
        23 i8x16.eq vv:v
        24 i8x16.ne vv:v
        25 i8x16.lt_s vv:v
        26 i8x16.lt_u vv:v
        27 i8x16.gt_s vv:v
        28 i8x16.gt_u vv:v
        29 i8x16.le_s vv:v
        2A i8x16.le_u vv:v
        2B i8x16.ge_s vv:v
        2C i8x16.ge_u vv:v
        2D i16x8.eq vv:v
        2E i16x8.ne vv:v
        2F i16x8.lt_s vv:v
        30 i16x8.lt_u vv:v
        31 i16x8.gt_s vv:v
        32 i16x8.gt_u vv:v
        33 i16x8.le_s vv:v
        34 i16x8.le_u vv:v
        35 i16x8.ge_s vv:v
        36 i16x8.ge_u vv:v
        37 i32x4.eq vv:v
        38 i32x4.ne vv:v
        39 i32x4.lt_s vv:v
        3A i32x4.lt_u vv:v
        3B i32x4.gt_s vv:v
        3C i32x4.gt_u vv:v
        3D i32x4.le_s vv:v
        3E i32x4.le_u vv:v
        3F i32x4.ge_s vv:v
        40 i32x4.ge_u vv:v
        41 f32x4.eq vv:v
        42 f32x4.ne vv:v
        43 f32x4.lt vv:v
        44 f32x4.gt vv:v
        45 f32x4.le vv:v
        46 f32x4.ge vv:v
        47 f64x2.eq vv:v
        48 f64x2.ne vv:v
        49 f64x2.lt vv:v
        4A f64x2.gt vv:v
        4B f64x2.le vv:v
        4C f64x2.ge vv:v
        4D v128.not v:v
        4E v128.and vv:v
        4F v128.andnot vv:v
        50 v128.or vv:v
        51 v128.xor vv:v
        52 v128.bitselect vvv:v
        53 v128.any_true v:i
        54 v128.load8_lane iv:v memorylane 1
        55 v128.load16_lane iv:v memorylane 2
        56 v128.load32_lane iv:v memorylane 4
        57 v128.load64_lane iv:v memorylane 8
        58 v128.store8_lane iv: memorylane 1
        59 v128.store16_lane iv: memorylane 2
        5A v128.store32_lane iv: memorylane 4
        5B v128.store64_lane iv: memorylane 8
        5C v128.load32_zero i:v memory 4
        5D v128.load64_zero i:v memory 8
        5E f32x4.demote_f64x2_zero v:v
        5F f64x2.promote_low_f32x4 v:v
        60 i8x16.abs v:v
        61 i8x16.neg v:v
        62 i8x16.popcnt v:v
        63 i8x16.all_true v:i
        64 i8x16.bitmask v:i
        65 i8x16.narrow_i16x8_s vv:v
        66 i8x16.narrow_i16x8_u vv:v
        67 f32x4.ceil v:v
        68 f32x4.floor v:v
        69 f32x4.trunc v:v
        6A f32x4.nearest v:v
        6B i8x16.shl vi:v
        6C i8x16.shr_s vi:v
        6D i8x16.shr_u vi:v
        6E i8x16.add vv:v
        6F i8x16.add_sat_s vv:v
        70 i8x16.add_sat_u vv:v
        71 i8x16.sub vv:v
        72 i8x16.sub_sat_s vv:v
        73 i8x16.sub_sat_u vv:v
        74 f64x2.ceil v:v
        75 f64x2.floor v:v
        76 i8x16.min_s vv:v
        77 i8x16.min_u vv:v
        78 i8x16.max_s vv:v
        79 i8x16.max_u vv:v
        7A f64x2.trunc v:v
        7B i8x16.avgr_u vv:v
        7C i16x8.extadd_pairwise_i8x16_s v:v
        7D i16x8.extadd_pairwise_i8x16_u v:v
        7E i32x4.extadd_pairwise_i16x8_s v:v
        7F i32x4.extadd_pairwise_i16x8_u v:v
        80 i16x8.abs v:v
        81 i16x8.neg v:v
        82 i16x8.q15mulr_sat_s vv:v
        83 i16x8.all_true v:i
        84 i16x8.bitmask v:i
        85 i16x8.narrow_i32x4_s vv:v
        86 i16x8.narrow_i32x4_u vv:v
        87 i16x8.extend_low_i8x16_s v:v
        88 i16x8.extend_high_i8x16_s v:v
        89 i16x8.extend_low_i8x16_u v:v
        8A i16x8.extend_high_i8x16_u v:v
        8B i16x8.shl vi:v
        8C i16x8.shr_s vi:v
        8D i16x8.shr_u vi:v
        8E i16x8.add vv:v
        8F i16x8.add_sat_s vv:v
        90 i16x8.add_sat_u vv:v
        91 i16x8.sub vv:v
        92 i16x8.sub_sat_s vv:v
        93 i16x8.sub_sat_u vv:v
        94 f64x2.nearest v:v
        95 i16x8.mul vv:v
        96 i16x8.min_s vv:v
        97 i16x8.min_u vv:v
        98 i16x8.max_s vv:v
        99 i16x8.max_u vv:v
        9B i16x8.avgr_u vv:v
        9C i16x8.extmul_low_i8x16_s vv:v
        9D i16x8.extmul_high_i8x16_s vv:v
        9E i16x8.extmul_low_i8x16_u vv:v
        9F i16x8.extmul_high_i8x16_u vv:v
        A0 i32x4.abs v:v
        A1 i32x4.neg v:v
        A3 i32x4.all_true v:i
        A4 i32x4.bitmask v:i
        A7 i32x4.extend_low_i16x8_s v:v
        A8 i32x4.extend_high_i16x8_s v:v
        A9 i32x4.extend_low_i16x8_u v:v
        AA i32x4.extend_high_i16x8_u v:v
        AB i32x4.shl vi:v
        AC i32x4.shr_s vi:v
        AD i32x4.shr_u vi:v
        AE i32x4.add vv:v
        B1 i32x4.sub vv:v
        B5 i32x4.mul vv:v
        B6 i32x4.min_s vv:v
        B7 i32x4.min_u vv:v
        B8 i32x4.max_s vv:v
        B9 i32x4.max_u vv:v
        BA i32x4.dot_i16x8_s vv:v
        BC i32x4.extmul_low_i16x8_s vv:v
        BD i32x4.extmul_high_i16x8_s vv:v
        BE i32x4.extmul_low_i16x8_u vv:v
        BF i32x4.extmul_high_i16x8_u vv:v
        C0 i64x2.abs v:v
        C1 i64x2.neg v:v
        C3 i64x2.all_true v:i
        C4 i64x2.bitmask v:i
        C7 i64x2.extend_low_i32x4_s v:v
        C8 i64x2.extend_high_i32x4_s v:v
        C9 i64x2.extend_low_i32x4_u v:v
        CA i64x2.extend_high_i32x4_u v:v
        CB i64x2.shl vi:v
        CC i64x2.shr_s vi:v
        CD i64x2.shr_u vi:v
        CE i64x2.add vv:v
        D1 i64x2.sub vv:v
        D5 i64x2.mul vv:v
        D6 i64x2.eq vv:v
        D7 i64x2.ne vv:v
        D8 i64x2.lt_s vv:v
        D9 i64x2.gt_s vv:v
        DA i64x2.le_s vv:v
        DB i64x2.ge_s vv:v
        DC i64x2.extmul_low_i32x4_s vv:v
        DD i64x2.extmul_high_i32x4_s vv:v
        DE i64x2.extmul_low_i32x4_u vv:v
        DF i64x2.extmul_high_i32x4_u vv:v
        E0 f32x4.abs v:v
        E1 f32x4.neg v:v
        E3 f32x4.sqrt v:v
        E4 f32x4.add vv:v
        E5 f32x4.sub vv:v
        E6 f32x4.mul vv:v
        E7 f32x4.div vv:v
        E8 f32x4.min vv:v
        E9 f32x4.max vv:v
        EA f32x4.pmin vv:v
        EB f32x4.pmax vv:v
        EC f64x2.abs v:v
        ED f64x2.neg v:v
        EF f64x2.sqrt v:v
        F0 f64x2.add vv:v
        F1 f64x2.sub vv:v
        F2 f64x2.mul vv:v
        F3 f64x2.div vv:v
        F4 f64x2.min vv:v
        F5 f64x2.max vv:v
        F6 f64x2.pmin vv:v
        F7 f64x2.pmax vv:v
        F8 i32x4.trunc_sat_f32x4_s v:v
        F9 i32x4.trunc_sat_f32x4_u v:v
        FA f32x4.convert_i32x4_s v:v
        FB f32x4.convert_i32x4_u v:v
        FC i32x4.trunc_sat_f64x2_s_zero v:v
        FD i32x4.trunc_sat_f64x2_u_zero v:v
        FE f64x2.convert_low_i32x4_s v:v
        FF f64x2.convert_low_i32x4_u v:v
        """;

    public static IEnumerable<OpcodeInfo> All => Table.Split('\n').Select(line => Read(line.TrimEnd('\r').Split(' ')));

    private static OpcodeInfo Read(string[] fields)
    {
        var code = (Opcode)((Prefix << 8) | byte.Parse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        var (parameters, result) = OpcodeTable.Signature(fields[2]);
        var shape = fields.ElementAtOrDefault(3) switch
        {
            "memory" => OpcodeShape.Memory,
            "memorylane" => OpcodeShape.MemoryLane,
            "lane" => OpcodeShape.Lane,
            "shuffle" => OpcodeShape.Shuffle,
            "const" => OpcodeShape.ConstV128,
            _ => OpcodeShape.Plain,
        };
        return new OpcodeInfo(code, fields[1], shape, parameters, result, fields.Length > 4 ? int.Parse(fields[4], CultureInfo.InvariantCulture) : 0);
    }
}
