using System.Buffers.Text;
using System.Security.Cryptography;

namespace UserManagement.Membership.Audit;

/// <summary>What a check of an exported audit log found.</summary>
/// <param name="Lines">How many lines of the log were checked.</param>
/// <param name="Erased">Of how many what they said of people is erased; their digests are chained all the same.</param>
/// <param name="Heads">How many heads that were kept elsewhere agree.</param>
/// <param name="Last">The signed head at the end; null where there is none that can be believed.</param>
/// <param name="Fault">What is wrong, as a sentence; null when all agrees.</param>
public sealed record AuditProof(long Lines, long Erased, int Heads, AuditHead? Last, string? Fault)
{
    /// <summary>
    /// Checks an export of <see cref="ExportAudit"/> with nothing but itself and the public key: places without gaps, each digest where its
    /// content is still there, each link of the chain, the signed head, and heads that were kept elsewhere.
    /// </summary>
    /// <param name="export">The export, as JSON lines.</param>
    /// <param name="publicKey">The key as PEM (<see cref="AuditSigner.PublicKey"/>), or several one after the other where the master key was
    /// changed.</param>
    /// <param name="heads">Heads that were kept elsewhere, as JSON lines; null for none. Those of other logs are passed over.</param>
    /// <param name="ct">Stops the check.</param>
    public static async Task<AuditProof> CheckAsync(TextReader export, string publicKey, TextReader? heads, CancellationToken ct)
    {
        using var keys = AuditKeys.Read(publicKey);
        if (keys is null)
        {
            return Wrong("The key is no public key in PEM form (BEGIN PUBLIC KEY).");
        }

        if (
            await export.ReadLineAsync(ct) is not { } first
            || AuditProofFormat.Read<AuditProofFormat.Opening>(first) is not { Format: AuditProofFormat.Name, Workspace: var workspace }
        )
        {
            return Wrong("This is no exported audit log: its first line does not say so.");
        }

        var kept = new Dictionary<long, byte[]>();
        if (heads is not null && await KeptAsync(heads, keys, workspace, kept, ct) is { } forged)
        {
            return Wrong(forged);
        }

        var walk = new Walk(kept);
        AuditProofFormat.Head? end = null;
        while (await export.ReadLineAsync(ct) is { } text)
        {
            if (end is not null)
            {
                return walk.Wrong("Something follows the head at the end.");
            }

            end = AuditProofFormat.Read<AuditProofFormat.Closing>(text)?.Head;
            if (end is null && walk.Take(AuditProofFormat.Read<AuditProofFormat.Line>(text)) is { } fault)
            {
                return walk.Wrong(fault);
            }
        }

        return end is null ? walk.Wrong("The head is missing: the export is cut off.")
            : HeadOf(end, keys, workspace) is not { } head ? walk.Wrong("The head's signature is not of this key.")
            : head.Sequence != walk.Sequence || !head.Chain.AsSpan().SequenceEqual(walk.Chain)
                ? walk.Wrong("The head does not fit the lines before it: lines are missing or were changed.")
            : kept.Keys.FirstOrDefault(s => s > walk.Sequence) is > 0 and var later
                ? walk.Wrong($"A head of line {later} was kept, and the log ends at {walk.Sequence}.")
            : new(walk.Sequence, walk.Erased, walk.Agreeing, head, null);
    }

    private static AuditProof Wrong(string fault) => new(0, 0, 0, null, fault);

    private static async Task<string?> KeptAsync(
        TextReader heads,
        AuditKeys keys,
        Guid workspace,
        Dictionary<long, byte[]> kept,
        CancellationToken ct
    )
    {
        while (await heads.ReadLineAsync(ct) is { } text)
        {
            if (
                text.Length > 0
                && AuditProofFormat.Read<AuditProofFormat.Head>(text) is { Signature: not null } one
                && one.Workspace == workspace
            )
            {
                if (HeadOf(one, keys, workspace) is not { } head)
                {
                    return $"The kept head of line {one.Sequence} is not signed with this key.";
                }

                if (!kept.TryAdd(head.Sequence, head.Chain) && !kept[head.Sequence].AsSpan().SequenceEqual(head.Chain))
                {
                    return $"Two different heads of line {head.Sequence} were kept.";
                }
            }
        }

        return null;
    }

    /// <summary>The head, where its signature is the key's.</summary>
    private static AuditHead? HeadOf(AuditProofFormat.Head head, AuditKeys keys, Guid workspace)
    {
        if (
            head.Workspace != workspace
            || AuditProofFormat.Time(head.At) is not { } at
            || Bytes(head.Chain) is not { } chain
            || !Base64Url.IsValid(head.Signature)
        )
        {
            return null;
        }

        var made = new AuditHead
        {
            WorkspaceId = new(workspace),
            Sequence = head.Sequence,
            Chain = chain,
            At = DateTimeOffset.FromUnixTimeMilliseconds(at),
            Signature = Base64Url.DecodeFromChars(head.Signature),
        };
        return keys.Signed(AuditSigner.Text(workspace, made.Sequence, made.Chain, made.At), made.Signature) ? made : null;
    }

    private static byte[]? Bytes(string? hex)
    {
        try
        {
            return hex is { Length: 64 } ? Convert.FromHexString(hex) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Goes along the chain.</summary>
    private sealed class Walk(Dictionary<long, byte[]> kept)
    {
        public long Sequence { get; private set; }

        public byte[] Chain { get; private set; } = AuditLink.Start;

        public long Erased { get; private set; }

        public int Agreeing { get; private set; }

        public AuditProof Wrong(string fault) => new(Sequence, Erased, Agreeing, null, fault);

        /// <summary>Takes the next line; what is wrong with it, or null.</summary>
        public string? Take(AuditProofFormat.Line? line)
        {
            var place = Sequence + 1;
            if (
                line is null
                || AuditProofFormat.Time(line.At) is not { } at
                || Bytes(line.Digest) is not { } digest
                || Bytes(line.Chain) is not { } chain
                || line is { ActorKind: null } or { Door: null } or { Act: null } or { TargetKind: null }
            )
            {
                return $"Line {place} cannot be read.";
            }

            if (line.Sequence != place)
            {
                return $"After line {Sequence} comes {line.Sequence}: lines are missing, or stand in another order.";
            }

            if (line.ErasedAt is null || line is not { TargetName: null, Before: null, After: null, Salt: null })
            {
                if (!Erasure.Digest(Salt(line.Salt), line.TargetName, line.Before, line.After).AsSpan().SequenceEqual(digest))
                {
                    return $"Line {place} ({line.Act}) does not say what it said when it was written.";
                }
            }
            else
            {
                Erased++;
            }

            var after = AuditLink.After(
                Chain,
                place,
                new(
                    line.Id,
                    at,
                    line.ActorKind,
                    line.ActorId,
                    line.Door,
                    line.Act,
                    line.TargetKind,
                    line.TargetId,
                    line.Reason,
                    line.Refused,
                    digest
                )
            );
            if (!after.AsSpan().SequenceEqual(chain))
            {
                return $"Line {place} ({line.Act}) does not fit the chain: it, or a line before it, was changed.";
            }

            if (kept.TryGetValue(place, out var known))
            {
                if (!known.AsSpan().SequenceEqual(chain))
                {
                    return $"The head of line {place} that was kept says otherwise: the log was made anew.";
                }

                Agreeing++;
            }

            (Sequence, Chain) = (place, chain);
            return null;
        }

        private static byte[]? Salt(string? hex)
        {
            try
            {
                return hex is null ? null : Convert.FromHexString(hex);
            }
            catch (FormatException)
            {
                return [];
            }
        }
    }
}
