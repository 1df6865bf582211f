using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>What can be done to several members at once.</summary>
public enum MemberChangeKind
{
    /// <summary>Gives a role.</summary>
    Role,

    /// <summary>Gives a license, or takes it.</summary>
    License,

    /// <summary>Puts into a group.</summary>
    Group,

    /// <summary>Keeps out for now.</summary>
    Suspend,

    /// <summary>Removes from the workspace.</summary>
    Remove,

    /// <summary>Sends the open invitation again: a mail cannot be taken back.</summary>
    Resend,
}

/// <summary>One change for several members.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Value">The role's or license's key, empty for no license; the group's id; empty for the others.</param>
public sealed record BulkChange(MemberChangeKind Kind, string Value = "")
{
    /// <summary>What one needs for it.</summary>
    public string Permission =>
        Kind switch
        {
            MemberChangeKind.Group => Access.Permission.ManageGroups,
            MemberChangeKind.Resend => Access.Permission.InviteMembers,
            _ => Access.Permission.ManageMembers,
        };

    /// <summary>Whether it can be taken back: a mail cannot.</summary>
    public bool CanBeUndone => Kind != MemberChangeKind.Resend;

    /// <summary>The group; the empty id when it is none.</summary>
    internal Id<Group> Group => Id<Group>.TryParse(Value, out var id) ? id : default;

    /// <summary>The change as a text of one word, for addresses: <c>role:viewer</c>, <c>suspend</c>.</summary>
    public override string ToString() => Value.Length == 0 && Kind != MemberChangeKind.License ? Word : $"{Word}:{Value}";

    /// <summary>The kind as it stands in addresses and in the audit log.</summary>
    internal string Word => char.ToLowerInvariant(Membership.Word.Of(Kind)[0]) + Membership.Word.Of(Kind)[1..];

    /// <summary>Reads that text; null for anything else.</summary>
    public static BulkChange? Read(string? text)
    {
        if (text is not { Length: > 0 and <= 200 })
        {
            return null;
        }

        var (word, value) = text.Split(':', 2) is [var first, var rest] ? (first, rest) : (text, "");
        foreach (var kind in Enum.GetValues<MemberChangeKind>())
        {
            var known = new BulkChange(kind, value);
            if (known.Word == word)
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>Why nobody at all can get it from this actor; null when it depends on whom.</summary>
    internal Refusal? Check(Actor actor, WorkspaceContext workspace)
    {
        if (actor.Demand(workspace.Id, Permission) is { } refused)
        {
            return refused;
        }

        var configuration = workspace.Configuration;
        return Kind switch
        {
            MemberChangeKind.Role => configuration.Role(Value) is { Assignable: false } reserved
                ? Refusal.Invalid("role", $"The role {reserved.Label} cannot be given by hand.")
                : configuration.MayGrant(actor, Value),
            MemberChangeKind.License when Value.Length > 0 && configuration.License(Value) is null => Refusal.Unknown(
                "license",
                "There is no such license type."
            ),
            MemberChangeKind.Group when Group == default => Refusal.Unknown("group", "Choose a group."),
            MemberChangeKind.Resend when configuration.Invitations.Resend == ResendWhen.Never => ResendInvitation.NotOffered(
                ResendWhen.Never
            ),
            _ => null,
        };
    }
}
