using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>One line of an export.</summary>
/// <param name="Member">The member.</param>
/// <param name="IsAdmin">Whether the member's role is an admin's.</param>
/// <param name="Scim">The rules of the workspace's directories, for its own attributes.</param>
public sealed record ExportedMember(Member Member, bool IsAdmin, ScimRules Scim);

/// <summary>An export that was begun.</summary>
/// <param name="Lines">The lines, read as they are asked for.</param>
public sealed record MemberExport(IAsyncEnumerable<ExportedMember> Lines);

/// <summary>
/// Reads all members that match the filters of the list, in its order, page by page, so that memory does not grow with
/// the workspace and no connection waits for a slow reader. Whoever takes the people of a workspace away leaves a line
/// in the audit log. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ExportMembers(Store store)
{
    private const int PageSize = 500;

    /// <summary>Begins the export; the lines are read as they are asked for.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="query">The filters and the order; its pages are not looked at.</param>
    /// <param name="ct">Stops the reading.</param>
    public Task<Outcome<MemberExport>> RunAsync(Actor actor, Id<Workspace> workspaceId, MemberListQuery query, CancellationToken ct) =>
        store.ChangeAsync<MemberExport>(
            actor,
            workspaceId,
            "members.exported",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                attempt.Changes.TellFacts(
                    "members.exported",
                    workspaceId,
                    ("workspace", workspaceId.Value, workspace.Row.Name),
                    null,
                    new
                    {
                        search = query.Search,
                        status = query.Status?.ToString(),
                        role = query.Role,
                        license = query.License,
                        group = query.Group,
                        seat = query.Seat,
                    }
                );
                return new MemberExport(ReadAsync(workspace, query, ct));
            },
            ct
        );

    private async IAsyncEnumerable<ExportedMember> ReadAsync(
        WorkspaceContext workspace,
        MemberListQuery query,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        PageCursor? after = null;
        List<Member> page;
        do
        {
            await using (var db = store.Read())
            {
                var matching = await MemberList.MatchingAsync(db, workspace.Id, query, ct);
                page = await MemberList
                    .Ordered(MemberList.From(matching, after, query.Descending), query.Descending)
                    .Take(PageSize)
                    .ToListAsync(ct);
            }

            foreach (var member in page)
            {
                yield return new(member, workspace.Configuration.Role(member.Role) is { IsAdmin: true }, workspace.Configuration.Scim);
                after = MemberList.Place(member);
            }
        } while (page.Count == PageSize);
    }
}
