namespace PluginHost.Skills.Cryptography;

/// <summary>
/// A point of the curve -x^2 + y^2 = 1 + d x^2 y^2, in extended coordinates (RFC 8032 5.1.4). The addition formulas hold for
/// every pair of points, so nothing branches on them.
/// </summary>
internal readonly struct EdwardsPoint
{
    private static readonly FieldElement D = -(FieldElement.FromInt(121_665) * FieldElement.FromInt(121_666).Inverted());
    private static readonly FieldElement TwoD = D + D;

    /// <summary>A square root of -1: 2 to the power (p - 1) / 4.</summary>
    private static readonly FieldElement RootOfMinusOne = FieldElement.FromInt(2).Power22523().Squared() * FieldElement.FromInt(2);

    /// <summary>Widths of the digits of public scalars: the table of the base point is made once, that of a point each time.</summary>
    private const int BaseWidth = 8;

    private const int PointWidth = 5;

    private static readonly Lazy<byte[][]> SmallOrder = new(SmallOrderEncodings);

    private readonly FieldElement _x;
    private readonly FieldElement _y;
    private readonly FieldElement _z;
    private readonly FieldElement _t;

    private EdwardsPoint(FieldElement x, FieldElement y, FieldElement z, FieldElement t)
    {
        _x = x;
        _y = y;
        _z = z;
        _t = t;
    }

    public static EdwardsPoint Identity { get; } = new(FieldElement.Zero, FieldElement.One, FieldElement.One, FieldElement.Zero);

    /// <summary>The base point: y = 4/5, x even.</summary>
    public static EdwardsPoint Base { get; } = CreateBase();

    private static EdwardsMultiples BaseMultiples { get; } = new(Base, BaseWidth);

    /// <summary>Whether eight times the point is the identity: such a key accepts signatures of nobody.</summary>
    public bool IsOfSmallOrder
    {
        get
        {
            var eight = Doubled().Doubled().Doubled();
            return eight._x.IsZero && (eight._y - eight._z).IsZero;
        }
    }

    public static EdwardsPoint operator -(in EdwardsPoint p) => new(-p._x, p._y, p._z, -p._t);

    public static EdwardsPoint operator +(in EdwardsPoint p, in EdwardsPoint q)
    {
        var a = (p._y - p._x) * (q._y - q._x);
        var b = (p._y + p._x) * (q._y + q._x);
        var c = p._t * TwoD * q._t;
        var d = p._z * q._z;
        d += d;
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    public EdwardsPoint Doubled() => Doubled(this, needsT: true);

    /// <summary>A multiple by a secret scalar of 32 bytes: the same work whatever its bits.</summary>
    public EdwardsPoint Multiplied(ReadOnlySpan<byte> scalar)
    {
        var result = Identity;
        for (var i = 255; i >= 0; i--)
        {
            result = result.Doubled();
            var bit = (ulong)((scalar[i >> 3] >> (i & 7)) & 1);
            result = Select(result, result + this, 0 - bit);
        }

        return result;
    }

    /// <summary>s times the base point plus k times a point, all of them public: takes time by their bits.</summary>
    public static EdwardsPoint CombinedPublic(ReadOnlySpan<byte> s, ReadOnlySpan<byte> k, in EdwardsPoint point)
    {
        Span<sbyte> ofBase = stackalloc sbyte[Scalar.DigitCount];
        Span<sbyte> ofPoint = stackalloc sbyte[Scalar.DigitCount];
        Scalar.Digits(s, BaseWidth, ofBase);
        Scalar.Digits(k, PointWidth, ofPoint);
        var table = new EdwardsMultiples(point, PointWidth);
        var at = Scalar.DigitCount - 1;
        while (at >= 0 && ofBase[at] == 0 && ofPoint[at] == 0)
        {
            at--;
        }

        var result = Identity;
        for (; at >= 0; at--)
        {
            result = Doubled(result, needsT: ofBase[at] != 0 || ofPoint[at] != 0);
            result = ofBase[at] != 0 ? Added(result, BaseMultiples, ofBase[at]) : result;
            result = ofPoint[at] != 0 ? Added(result, table, ofPoint[at]) : result;
        }

        return result;
    }

    /// <summary>What an addition needs of the second point: y + x, y - x, 2dt and 2z.</summary>
    public EdwardsSummand ToSummand() => new(_y + _x, _y - _x, _t * TwoD, _z + _z);

    /// <summary>Whether these 32 bytes are the canonical encoding of a point of small order.</summary>
    public static bool IsSmallOrderEncoding(ReadOnlySpan<byte> encoded)
    {
        foreach (var known in SmallOrder.Value)
        {
            if (encoded.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    private static EdwardsPoint Added(in EdwardsPoint p, EdwardsMultiples table, int digit)
    {
        ref readonly var q = ref table[Math.Abs(digit)];
        var plus = (p._y + p._x) * (digit > 0 ? q.Plus : q.Minus);
        var minus = (p._y - p._x) * (digit > 0 ? q.Minus : q.Plus);
        var c = p._t * q.T2d;
        var d = p._z * q.Z2;
        var (e, h) = (plus - minus, plus + minus);
        var (f, g) = digit > 0 ? (d - c, d + c) : (d + c, d - c);
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    /// <param name="p">A point.</param>
    /// <param name="needsT">Whether its t is needed: another doubling does not look at it.</param>
    private static EdwardsPoint Doubled(in EdwardsPoint p, bool needsT)
    {
        var a = p._x.Squared();
        var b = p._y.Squared();
        var c = p._z.Squared();
        c += c;
        var h = a + b;
        var e = h - (p._x + p._y).Squared();
        var g = a - b;
        var f = c + g;
        return new EdwardsPoint(e * f, g * h, f * g, needsT ? e * h : default);
    }

    /// <summary>The eight points of small order: multiples of one of order eight.</summary>
    private static byte[][] SmallOrderEncodings()
    {
        // A point of order L times 8 is found by taking L times any point off the subgroup; y below leads to one.
        var encodings = new List<byte[]>();
        var candidate = new byte[32];
        for (byte y = 2; encodings.Count < 8; y++)
        {
            candidate[0] = y;
            if (Read(candidate) is not { } point)
            {
                continue;
            }

            var torsion = point.Multiplied(Scalar.OrderBytes());
            encodings = [];
            var multiple = Identity;
            for (var i = 0; i < 8; i++)
            {
                var encoded = new byte[32];
                multiple.Write(encoded);
                if (!encodings.Exists(other => other.AsSpan().SequenceEqual(encoded)))
                {
                    encodings.Add(encoded);
                }

                multiple += torsion;
            }
        }

        return [.. encodings];
    }

    public void Write(Span<byte> into)
    {
        var inverse = _z.Inverted();
        (_y * inverse).Write(into);
        if ((_x * inverse).IsNegative)
        {
            into[31] |= 0x80;
        }
    }

    /// <summary>Reads a point; null where no point has this encoding, or the encoding is not the canonical one.</summary>
    public static EdwardsPoint? Read(ReadOnlySpan<byte> encoded)
    {
        var negative = (encoded[31] & 0x80) != 0;
        var y = FieldElement.Read(encoded);
        Span<byte> canonical = stackalloc byte[32];
        y.Write(canonical);
        canonical[31] |= (byte)(encoded[31] & 0x80);
        if (!canonical.SequenceEqual(encoded))
        {
            return null;
        }

        // x = sqrt((y^2 - 1) / (d y^2 + 1)), RFC 8032 5.1.3.
        var u = y.Squared() - FieldElement.One;
        var v = (D * y.Squared()) + FieldElement.One;
        var v3 = v.Squared() * v;
        var x = u * v3 * (u * v3.Squared() * v).Power22523();
        var check = v * x.Squared();
        if (!(check - u).IsZero)
        {
            if (!(check + u).IsZero)
            {
                return null;
            }

            x *= RootOfMinusOne;
        }

        if (x.IsZero && negative)
        {
            return null;
        }

        x = x.IsNegative == negative ? x : -x;
        return new EdwardsPoint(x, y, FieldElement.One, x * y);
    }

    private static EdwardsPoint Select(in EdwardsPoint first, in EdwardsPoint second, ulong mask) => new(
        FieldElement.Select(first._x, second._x, mask),
        FieldElement.Select(first._y, second._y, mask),
        FieldElement.Select(first._z, second._z, mask),
        FieldElement.Select(first._t, second._t, mask));

    private static EdwardsPoint CreateBase()
    {
        Span<byte> encoded = stackalloc byte[32];
        (FieldElement.FromInt(4) * FieldElement.FromInt(5).Inverted()).Write(encoded);
        return Read(encoded)!.Value;
    }
}
