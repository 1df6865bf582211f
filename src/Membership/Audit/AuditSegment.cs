using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// A piece of a workspace's audit log that was sealed at once: which lines stand in which place of the chain, and the chain's signed value
/// after them. The lines themselves know nothing of it. Of two servers that seal after the same line one finds <see cref="First"/> taken.
/// </summary>
public sealed record AuditSegment
{
    /// <summary>
    /// Its first and its last line are less than that apart in time: so whoever knows a line knows where to look for its segment.
    /// </summary>
    internal static readonly TimeSpan Span = TimeSpan.FromSeconds(30);

    private const int Each = 16;

    /// <summary>Whose log; the empty id for the installation's own.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The place of its first line, from 1.</summary>
    public required long First { get; init; }

    /// <summary>The place of its last line.</summary>
    public required long Sequence { get; init; }

    /// <summary>The ids of its lines in the order of the chain, which is theirs: sixteen bytes each (RFC 9562).</summary>
    public required byte[] Lines { get; init; }

    /// <summary>The id of its last line: by it a segment is found from its lines.</summary>
    public required Id<AuditEntry> LastId { get; init; }

    /// <summary>The chain's value after its last line, 32 bytes: see <see cref="AuditLink"/>.</summary>
    public required byte[] Chain { get; init; }

    /// <summary>When it was sealed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The signature of <see cref="AuditSigner.Text"/>, see there.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>What is kept elsewhere of it: where the chain ended when it was sealed.</summary>
    public AuditHead ToHead() =>
        new()
        {
            WorkspaceId = WorkspaceId,
            Sequence = Sequence,
            Chain = Chain,
            At = At,
            Signature = Signature,
        };

    /// <summary>Ids as <see cref="Lines"/> holds them.</summary>
    internal static byte[] Pack(IReadOnlyList<ChainedLine> lines)
    {
        var bytes = new byte[lines.Count * Each];
        for (var at = 0; at < lines.Count; at++)
        {
            _ = lines[at].Id.TryWriteBytes(bytes.AsSpan(at * Each), bigEndian: true, out _);
        }

        return bytes;
    }

    /// <summary>The ids in such bytes.</summary>
    internal static Guid[] Unpack(byte[] lines)
    {
        var ids = new Guid[lines.Length / Each];
        for (var at = 0; at < ids.Length; at++)
        {
            ids[at] = new(lines.AsSpan(at * Each, Each), bigEndian: true);
        }

        return ids;
    }
}
