using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// An admin begins to try a sign-in policy through a connection; or the holder of a link to the set-up portal begins to try what was
/// connected by it, under the policy in force. Refusals: <c>forbidden</c>, <c>notFound</c>,
/// <c>connectionNotTaken</c> (the policy itself does not offer it), whatever <see cref="ConfigurationCheck"/> finds.
/// </summary>
public sealed class BeginSignInTest(Store store)
{
    /// <summary>Begins it.</summary>
    /// <param name="actor">Who tries: a member, or a link.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="connectionId">The connection to sign in through.</param>
    /// <param name="rules">The policy that is tried; null for the one in force.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<SignInTest>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<IdentityConnection> connectionId,
        SignInRules? rules,
        CancellationToken ct
    ) =>
        store.ChangeAsync<SignInTest>(
            actor,
            workspaceId,
            "signIn.tried",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ConfigureWorkspace, PortalScopes.SignIn) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                var link = PortalLink.Of(actor);
                if ((link is null ? await LockoutGuard.AccountAsync(attempt.Db, actor, ct) : default(Id<Account>)) is not { } account)
                {
                    return Refusal.Forbidden("Only a person who is in this workspace can try to sign in.");
                }

                var draft = workspace.Configuration with { SignIn = (link is null ? rules : null) ?? workspace.Configuration.SignIn };
                if (ConfigurationCheck.Check(draft) is { } wrong)
                {
                    return wrong;
                }

                if (
                    (await LockoutGuard.ConnectionsAsync(attempt.Db, workspaceId, ct)).FirstOrDefault(c => c.Id == connectionId)
                        is not { } connection
                    || (link is not null && connection.PortalLinkId is null)
                )
                {
                    return Refusal.NotFound("connection");
                }

                if (!connection.IsOffered(workspaceId, draft.SignIn))
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "connectionNotTaken",
                        $"This policy does not offer {connection.Name}. Choose a connection that it offers.",
                        "via"
                    );
                }

                var test = new SignInTest
                {
                    WorkspaceId = workspaceId,
                    Id = Id<SignInTest>.New(attempt.Time),
                    AccountId = account,
                    PortalLinkId = link,
                    ConnectionId = connectionId,
                    ConnectionVersion = connection.Version,
                    Rules = SignInTest.Text(draft.SignIn),
                    EndsAt = attempt.At + SignInTest.Lifetime,
                    Version = 1,
                };
                attempt.Changes.Add(test);
                return test;
            },
            ct
        );
}
