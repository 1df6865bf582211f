using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Where the chain of a workspace's audit log ends: the last sealed line, signed. Whoever keeps a head elsewhere can show later that no
/// line up to it was changed, added or taken out.
/// </summary>
public sealed record AuditHead
{
    /// <summary>Whose log; the empty id for the installation's own.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The place of the last sealed line, and so the number of sealed lines.</summary>
    public required long Sequence { get; init; }

    /// <summary>The chain's value up to that line, 32 bytes: see <see cref="AuditLink"/>.</summary>
    public required byte[] Chain { get; init; }

    /// <summary>When it was sealed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The signature of <see cref="AuditSigner.Text"/>, see there.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>The head as one line of JSON, to be kept elsewhere; <see cref="AuditProof"/> reads it.</summary>
    public string ToJson() => AuditProofFormat.Write(AuditProofFormat.Of(this));
}
