using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>
/// What stands against the rows of an import: the one rule, for the preview of all rows, for the confirmation, and for each row at
/// the moment it is sent. What stands against a name and against a member is <see cref="InviteeRules"/>', as for those who are typed.
/// </summary>
internal static class ImportRules
{
    /// <summary>Checks rows in their order: who comes first in the file has the last seat.</summary>
    /// <param name="db">Through which it reads.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="actor">Who invites.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="room">What is left for those who come in; null to read it.</param>
    /// <param name="at">The time.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<List<CheckedRow>> CheckAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        Actor actor,
        IReadOnlyList<InvitationImportRow> rows,
        RoomLeft? room,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var configuration = workspace.Configuration;
        var firsts = new Dictionary<string, int>(StringComparer.Ordinal);
        var found = rows.Select(row => Alone(configuration, actor, row, firsts, at)).ToList();
        var good = found.Where(c => c.Refusal is null).Select(c => new Invitee(c.Row.UserNameKey!, c.Role!, IsMailed: true)).ToList();
        room ??= new(workspace, await Counts.ReadAsync(db, workspace.Id, ct), at);
        var against = await InviteeRules.AgainstAsync(db, workspace, actor, good, room, at, ct);
        for (int i = 0, next = 0; i < found.Count; i++)
        {
            if (found[i].Refusal is null)
            {
                found[i] = found[i] with { Refusal = against[next++] };
            }
        }

        return found;
    }

    /// <summary>The role that a row names by its key or its label; null for none.</summary>
    public static Role? RoleOf(WorkspaceConfiguration configuration, string typed) =>
        configuration.Roles.FirstOrDefault(r => string.Equals(r.Key, typed, StringComparison.OrdinalIgnoreCase))
        ?? configuration.Roles.FirstOrDefault(r => string.Equals(r.Label, typed, StringComparison.OrdinalIgnoreCase));

    /// <summary>What the invitation of a row asks for.</summary>
    public static InvitationRequest RequestOf(WorkspaceConfiguration configuration, InvitationImportRow row, string role) =>
        new()
        {
            UserNames = [row.UserName],
            Role = role,
            EndsAt = LastDay.TryRead(row.LastDay, out var end) ? end : null,
            Provider = configuration.Invitations.Providers[0],
        };

    // What can be said of a row without a look at the database.
    private static CheckedRow Alone(
        WorkspaceConfiguration configuration,
        Actor actor,
        InvitationImportRow row,
        Dictionary<string, int> firsts,
        DateTimeOffset at
    )
    {
        var role = RoleOf(configuration, row.Role);
        var twice = row.UserNameKey is { } key && !firsts.TryAdd(key, row.Line) ? firsts[key] : (int?)null;
        var refusal =
            row.Code == InvitationImportRow.TooManyCells
                ? new Refusal(RefusalKind.Invalid, row.Code, "This row has more cells than the template has columns.", "email")
            : InviteeRules.AgainstName("email", row.UserName, asAddress: true) is { } wrong ? wrong
            : twice is { } line
                ? new(RefusalKind.Conflict, "twiceInFile", $"This e-mail address is in the file already, on line {line}.", "email")
            : role is null
                ? new(
                    RefusalKind.Invalid,
                    "unknownRole",
                    row.Role.Length == 0 ? "The role is missing." : $"There is no role “{Key.Cut(row.Role, 60)}”.",
                    "role"
                )
            : InvitePeople.AgainstRole(configuration, actor, role.Key, configuration.Join.DefaultLicense) ?? AgainstDay(actor, row, at);
        return new(row, role?.Key, refusal);
    }

    private static Refusal? AgainstDay(Actor actor, InvitationImportRow row, DateTimeOffset at)
    {
        const string Field = "lastDay";
        return string.IsNullOrEmpty(row.LastDay) ? null
            : !LastDay.TryRead(row.LastDay, out var end) ? Refusal.Invalid(Field, LastDay.Form)
            : SetMemberTerm.Against(end, at) is { } against ? Refusal.Invalid(Field, against.Message)
            : actor.May(Permission.ManageMembers) ? null
            : new(RefusalKind.Forbidden, "forbidden", "Your role does not allow inviting for a time. Leave the last day empty.", Field);
    }
}
