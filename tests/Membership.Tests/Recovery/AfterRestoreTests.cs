using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.InviteLinks;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Recovery;
using UserManagement.Membership.Tests.Accounts;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Recovery;

/// <summary>What a database that was set back to a backup must not let live again.</summary>
public sealed class AfterRestoreTests
{
    [Theory, EachDatabase]
    public async Task Sessions_links_and_what_apps_were_given_are_void_and_all_else_stays(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var store = acme.Store;
        var invited = await acme.InviteAsync("jo@example.com");
        var waiting = await acme.InviteAsync("waiting@example.com");
        var opened = (
            await new CreateLocalAccount(store, AccountRig.Rules).RunAsync(
                invited.LinkSecret,
                "jo@example.com",
                "Jo",
                AccountRig.GoodPassword,
                AccountRig.Browser,
                default
            )
        ).Value;
        var reset = (
            await new InviteAdmin(store).RunAsync(Actor.Operator, acme.Id, "ada@example.com", TimeSpan.FromHours(1), default)
        ).Value;
        var link = (await new RenewInviteLink(store).RunAsync(Actor.Operator, acme.Id, "member", null, null, default)).Value;
        var token = (await new CreateScimCredential(store).RunAsync(Actor.Operator, acme.Id, "Entra", null, default)).Value;
        var app = await GrantAsync(acme, opened.Row);

        var done = (await new AfterRestore(store).RunAsync(Actor.Operator, false, default)).Value;
        Assert.Equal((1, 1, 1, 0), (done.Links, done.JoinLinks, done.AppGrants, done.Keys));
        Assert.True(done.Sessions >= 1);
        Assert.Null(await new ReadSession(store).RunAsync(opened.Secret, null, default));
        Assert.False((await new UseOneTimeLink(store).RunAsync(reset, AccountRig.Browser, default)).Done);
        Assert.Equal("invitationClosed", (await acme.RedeemAsync(waiting.LinkSecret, "waiting@example.com")).Refusal!.Code);
        Assert.False((await new ReadInviteLink(store).RunAsync(link.Secret, default)).Done);
        Assert.NotNull(await new RecognizeScimToken(store).RunAsync("acme", token.Token, null, default));
        await using (var db = store.Read())
        {
            var grant = await db.AppGrants.SingleAsync();
            Assert.Equal((AppAccess.Revoked, "installation.restored commandLine"), (grant.Status, grant.EndCause));
            Assert.Equal(AppAccess.Revoked, (await db.AppTokens.SingleAsync()).Status);
            Assert.Equal(
                1,
                await db.OutboxMessages.CountAsync(m => m.Kind == OutboxKind.AppSessionEnded && m.About == opened.Row.Id.Value)
            );
            Assert.Equal(1, await db.AuditEntries.CountAsync(a => a.Act == "installation.restored"));
        }

        Assert.Single(await acme.AuditAsync(), l => l.Act == "workspace.restored");
        Assert.True((await new ResendInvitation(store).RunAsync(Actor.Operator, acme.Id, waiting.Invitation.Id, default)).Done);
        Assert.True((await new RevokeInvitation(store).RunAsync(Actor.Operator, acme.Id, waiting.Invitation.Id, default)).Done);
        await acme.AgreesAsync();

        // again: nothing to do, and no line
        Assert.False((await new AfterRestore(store).RunAsync(Actor.Operator, false, default)).Value.Any);
        Assert.Single(await acme.AuditAsync(), l => l.Act == "workspace.restored");
        Assert.Equal("forbidden", (await new AfterRestore(store).RunAsync(acme.Directory, false, default)).Refusal!.Code);
        var key = (await new CreateOperatorKey(store).RunAsync(Actor.Operator, "billing", TimeSpan.FromDays(30), default)).Value.Key;
        Assert.NotNull(await new RecognizeOperatorKey(store).RunAsync(key, default));
        Assert.Equal(2, (await new AfterRestore(store).RunAsync(Actor.Operator, true, default)).Value.Keys);
        Assert.Null(await new RecognizeScimToken(store).RunAsync("acme", token.Token, null, default));
        Assert.Null(await new RecognizeOperatorKey(store).RunAsync(key, default));
        Assert.NotNull(app);
    }

    [Theory, EachDatabase]
    public async Task A_workspace_with_a_directory_is_asked_to_confirm_until_it_did_and_after_each_restore(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var confirm = new ConfirmDirectory(acme.Store);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        await acme.InviteAsync("waiting@example.com");
        Assert.Equal("notFound", (await confirm.RunAsync(boss, acme.Id, default)).Refusal!.Code);
        acme.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True((await new AfterRestore(acme.Store).RunAsync(Actor.Operator, false, default)).Value.Any);
        Assert.Null(await confirm.OfAsync(acme.Workspace, default)); // no directory ever came

        await new CreateScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, "Entra", null, default);
        Assert.NotNull(await confirm.OfAsync(acme.Workspace, default));
        Assert.Equal("forbidden", (await confirm.RunAsync(acme.Directory, acme.Id, default)).Refusal!.Code);
        Assert.True((await confirm.RunAsync(boss, acme.Id, default)).Done);
        Assert.Null(await confirm.OfAsync(acme.Workspace, default));
        Assert.Single(await acme.AuditAsync(), l => l.Act == "workspace.directoryConfirmed" && l.ActorName == boss.Name);

        acme.Clock.Advance(TimeSpan.FromDays(1));
        await acme.InviteAsync("another@example.com");
        Assert.True((await new AfterRestore(acme.Store).RunAsync(Actor.Operator, false, default)).Value.Any);
        Assert.NotNull(await confirm.OfAsync(acme.Workspace, default));
        var later = await acme.OtherAsync();
        await new CreateScimCredential(acme.Store).RunAsync(Actor.Operator, later.Id, "Okta", null, default);
        acme.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await confirm.OfAsync((await acme.OtherAsync("newest")).Workspace, default));
    }

    private static async Task<Client> GrantAsync(TestWorkspace acme, Session session)
    {
        var app = (
            await new CreateClient(acme.Store).RunAsync(
                Actor.Operator,
                null,
                null,
                new() { ClientName = "Notes", RedirectUris = ["https://notes.acme.test/cb"] },
                default
            )
        )
            .Value
            .Row;
        await acme.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "test.granted",
            attempt =>
            {
                var grant = new AppGrant
                {
                    Id = Ids.Next(attempt.Time),
                    ApplicationId = app.Id,
                    AccountId = session.AccountId,
                    WorkspaceId = acme.Id,
                    SessionId = session.Id,
                    Subject = "jo",
                    Status = AppAccess.Valid,
                    Type = AppAccess.AdHoc,
                    CreationDate = attempt.At.UtcDateTime,
                };
                attempt.Changes.Add(grant);
                attempt.Changes.Add(
                    new AppToken
                    {
                        Id = Ids.Next(attempt.Time),
                        ApplicationId = app.Id,
                        AuthorizationId = grant.Id,
                        Subject = "jo",
                        Status = AppAccess.Valid,
                        Type = "refresh_token",
                        CreationDate = attempt.At.UtcDateTime,
                    }
                );
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            },
            default
        );
        return app;
    }
}
