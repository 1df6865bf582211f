using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Sign-ins through a connection that led nowhere for one reason: for the admins who have to find out why. A note beside the facts, of the
/// last of them; of each connection and workspace the last <see cref="Kept"/> are kept, for
/// <see cref="Retention.RetentionRules.FailedSignIns"/>.
/// </summary>
public sealed record FailedSignIn
{
    /// <summary>How many are kept for each connection and workspace.</summary>
    public const int Kept = 20;

    /// <summary>The connection.</summary>
    public required Id<IdentityConnection> ConnectionId { get; init; }

    /// <summary>The workspace towards which it went; the empty id where it went nowhere yet, which is the operator's to see.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its place among those that are kept, from 0 to below <see cref="Kept"/>.</summary>
    public required int Slot { get; init; }

    /// <summary>Counts those of this connection and workspace, from 1: the highest says how many there were.</summary>
    public required long Number { get; init; }

    /// <summary>When the last of them was.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The refusal's code.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// Why, in words for an admin of that workspace. No claims of strangers, no secrets; people of the workspace by
    /// <see cref="Named"/>, so that they are found when they are erased.
    /// </summary>
    public required string Sentence { get; init; }

    /// <summary>How a sentence names somebody whom the workspace knows.</summary>
    internal static string Named(string userName) => $"\"{userName}\"";

    /// <summary>Takes somebody who is erased out of a workspace's sentences.</summary>
    internal static Statement Erase(Id<Workspace> workspace, string userName) =>
        new(
            "UPDATE failed_sign_ins SET sentence = REPLACE(sentence, $1, $2) WHERE workspace_id = $3 AND REPLACE(sentence, $1, "
                + "$2) <> sentence",
            [Value.Of("$1", Named(userName)), Value.Of("$2", Named(Audit.Erasure.Name)), Value.Of("$3", workspace.Value)]
        );
}
