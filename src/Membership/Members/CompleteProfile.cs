using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// A member gives or corrects their own first and last name. Refusals: <c>notFound</c>, <c>directoryManaged</c>, an invalid name.
/// </summary>
public sealed class CompleteProfile(Store store)
{
    /// <summary>Changes the actor's own names.</summary>
    public Task<Outcome<Member>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        string? givenName,
        string? familyName,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Member>(
            actor,
            workspaceId,
            "profile.changed",
            async attempt =>
            {
                if (
                    actor.Workspace != workspaceId
                    || actor.Member is not { } id
                    || await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await MemberWithGrants.ReadAsync(attempt.Db, workspaceId, id, ct) is not { } file
                )
                {
                    return Refusal.NotFound("member");
                }

                if (!MemberNames.Named(file, givenName, familyName).Is(out var wanted, out var refusal))
                {
                    return refusal;
                }

                if (wanted.Member == file.Member)
                {
                    return file.Member;
                }

                var placed = await Admission.PlaceAsync(attempt, workspace, file, wanted.Member, file.Grants, null, ct);
                if (placed.Is(out var done, out _))
                {
                    attempt.Changes.Tell("profile.changed", workspaceId, ("member", id.Value, done.ShownName), file.Member, done);
                }

                return placed;
            },
            ct
        );
}
