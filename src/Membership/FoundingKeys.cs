using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership;

/// <summary>
/// The keys of the installation's first master key on which something rests that cannot be sealed anew: hashes of recovery codes, the
/// subjects by which apps know people, cursors that directories hold. When master keys are changed they are kept, sealed under the new one.
/// </summary>
public sealed class FoundingKeys
{
    private const string Purpose = "founding-keys";
    private readonly byte[] _keys;

    private FoundingKeys(byte[] keys) => _keys = keys;

    /// <summary>What they are for.</summary>
    public static IReadOnlyList<string> Purposes => Words;

    private static string[] Words { get; } = ["recovery-codes", "app-subject", "scim cursor"];

    /// <summary>The key of a purpose.</summary>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public byte[] Of(string purpose)
    {
        var at = Array.IndexOf(Words, purpose);
        return at < 0
            ? throw new ArgumentException($"No founding key is kept for {purpose}.", nameof(purpose))
            : _keys[(32 * at)..(32 * (at + 1))];
    }

    /// <summary>Those that a master key gives.</summary>
    internal static FoundingKeys From(SecretBox box) => new([.. Words.SelectMany(box.KeyOf)]);

    /// <summary>As they are kept.</summary>
    internal string Sealed(SecretBox box) => Convert.ToBase64String(box.Seal(Purpose, _keys));

    /// <summary>Opens what is kept; null when it is of another master key.</summary>
    internal static FoundingKeys? Open(SecretBox box, string kept) =>
        box.Open(Purpose, Convert.FromBase64String(kept)) is { } keys && keys.Length == 32 * Words.Length ? new(keys) : null;

    /// <summary>Whether what is kept is sealed under the first key of the box.</summary>
    internal static bool IsOfMaster(SecretBox box, string kept) => box.IsOfMaster(Purpose, Convert.FromBase64String(kept));

    /// <summary>
    /// Those of a database. Not asynchronous: keys are made so. None is kept before the first change of master keys; while two are given
    /// then, the first is whichever opens what was sealed earliest.
    /// </summary>
    /// <returns>Null where the only key is the first one.</returns>
    internal static FoundingKeys? Read(MembershipDb db, SecretBox box)
    {
        if (db.Marks.AsNoTracking().Where(m => m.Name == Mark.FoundingKeys).Select(m => m.Value).FirstOrDefault() is { } kept)
        {
            return Open(box, kept);
        }

        if (box.Other is not { } other)
        {
            return null;
        }

        var earliest = db.AppKeys.AsNoTracking().OrderBy(k => k.Number).Select(k => k.Sealed).FirstOrDefault();
        var ring = db.ProtectionKeys.AsNoTracking().OrderBy(k => k.CreatedAt).Select(k => k.Sealed).FirstOrDefault();
        return
            (earliest is not null && other.Open(Apps.ReadAppKeys.Purpose, earliest) is not null)
            || (earliest is null && ring is not null && other.Open(ProtectionKey.Purpose, ring) is not null)
            ? From(other)
            : null;
    }
}
