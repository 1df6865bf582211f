using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Accounts;

/// <summary>The terms of use of a workspace: who accepted which version, and that nothing opens before.</summary>
public sealed class AcceptTermsTests
{
    private const string Address = "https://acme.test/terms";

    [Theory, EachDatabase]
    public async Task Who_accepts_with_the_invitation_is_in_and_is_asked_again_once_the_version_is_raised(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await SetAsync(rig, null);
        var (jo, secret) = await ComeAsync(rig, "jo@example.com", accepted: 1);
        Assert.Equal((RequiredAction.None, 1, rig.Clock.Now), (jo.Demand, jo.Member!.AcceptedTerms, jo.Member.TermsAcceptedAt));
        Assert.Contains("\"version\":1", Assert.Single(await LinesAsync(rig)).After, StringComparison.Ordinal);
        Assert.Contains(Address, (await LinesAsync(rig))[0].After, StringComparison.Ordinal);

        await SetAsync(rig, 2);
        var owes = (await rig.ReadAsync(secret, "acme"))!;
        Assert.Equal((RequiredAction.Terms, null, null), (owes.Demand, owes.Actor, owes.Member));
        Assert.Equal("termsNotAccepted", SignInDemands.Refuse(owes.Demand)!.Code);
        Assert.Equal(RequiredAction.None, (await rig.ReadAsync(secret))!.Demand); // outside of the workspace nothing is asked
        var accept = new AcceptTerms(rig.Store);
        Assert.Equal("acme", (await accept.AskedByAsync(owes, "acme", default))!.Row.Slug);
        Assert.Equal("termsChanged", (await accept.RunAsync(owes.Session.Id, "acme", 1, default)).Refusal!.Code);
        Assert.Equal("notFound", (await accept.RunAsync(owes.Session.Id, "nowhere", 2, default)).Refusal!.Code);
        rig.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.True((await accept.RunAsync(owes.Session.Id, "acme", 2, default)).Done);
        Assert.True((await accept.RunAsync(owes.Session.Id, "acme", 2, default)).Done);

        var after = (await rig.ReadAsync(secret, "acme"))!;
        Assert.Equal((RequiredAction.None, 2, rig.Clock.Now), (after.Demand, after.Member!.AcceptedTerms, after.Member.TermsAcceptedAt));
        // no directory sees it: neither its ETag nor its time of change moves
        Assert.Equal((jo.Member.Version, jo.Member.ModifiedAt), (after.Member.Version, after.Member.ModifiedAt));
        Assert.Null(await accept.AskedByAsync(after, "acme", default));
        var line = (await LinesAsync(rig))[^1];
        Assert.Equal((2, after.Member.Id.Value, "{\"version\":1}"), ((await LinesAsync(rig)).Count, line.TargetId, line.Before));

        await using (var db = rig.Store.Read())
        {
            var now = WorkspaceContext.Of(db, await db.Workspaces.SingleAsync(w => w.Id == rig.Workspace.Id));
            await ConfigureAsync(rig, now, now.Configuration.Terms with { TermsOfUse = null });
        }

        await SetAsync(rig, 2); // the same again: who accepted it is not asked
        Assert.Equal(RequiredAction.None, (await rig.ReadAsync(secret, "acme"))!.Demand);
    }

    [Theory, EachDatabase]
    public async Task Who_comes_in_without_having_accepted_is_asked_before_anything_opens_and_after_all_else(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        var (early, earlySecret) = await ComeAsync(rig, "early@example.com", null, "admin");
        Assert.Equal(RequiredAction.None, early.Demand);
        await SetAsync(rig, null);
        // of another version than the one that is asked for nothing is noted
        var (late, lateSecret) = await ComeAsync(rig, "late@example.com", accepted: 7);
        Assert.Equal(RequiredAction.Terms, late.Demand);
        Assert.Equal(RequiredAction.Terms, (await rig.ReadAsync(earlySecret, "acme"))!.Demand); // who was in before they were set
        Assert.Empty(await LinesAsync(rig));

        var member = await MemberAsync(rig, "late@example.com");
        Assert.True((await new EndMemberSessions(rig.Store).RunAsync(early.Actor!, rig.Workspace.Id, member.Id, default)).Done);
        Assert.Equal(RequiredAction.Again, (await rig.ReadAsync(lateSecret, "acme"))!.Demand);
        var accept = new AcceptTerms(rig.Store);
        Assert.Equal("signInAgain", (await accept.RunAsync(late.Session.Id, "acme", 1, default)).Refusal!.Code);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var anew = (await rig.SignInAsync("late@example.com")).Value;
        Assert.True((await accept.RunAsync(anew.Row.Id, "acme", 1, default)).Done);
        Assert.NotNull((await rig.ReadAsync(anew.Secret, "acme"))!.Actor);

        // nobody accepts for a workspace in which they are not
        var other = await AccountRig.NewWorkspaceAsync(rig.Store, "other");
        await ConfigureAsync(rig, other, other.Configuration.Terms with { TermsOfUse = Address });
        Assert.Equal("notFound", (await accept.RunAsync(anew.Row.Id, "other", 1, default)).Refusal!.Code);
    }

    [Theory, EachDatabase]
    public async Task What_one_person_accepted_is_not_anothers_who_takes_the_place_and_goes_with_an_erasure(Database kind)
    {
        await using var rig = await AccountRig.NewAsync(kind);
        await SetAsync(rig, 3);
        var (jo, _) = await ComeAsync(rig, "jo@example.com", accepted: 3);
        var id = jo.Member!.Id;
        var elsewhere = await AccountRig.NewWorkspaceAsync(rig.Store, "elsewhere");
        var another = await rig.JoinAsync("another@example.com", workspace: elsewhere);
        Assert.True((await new RemoveMember(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, id, default)).Done);
        var (copied, _) = await rig.InviteAsync("jo@example.com");
        var redeemer = new Redeemer
        {
            AccountId = another.Account.Id,
            Provider = IdentityProvider.Local,
            UserName = "jo@example.com",
        };
        var redeemed = await new RedeemInvitation(rig.Store).RunAsync(another.Person, copied, redeemer, default);
        Assert.Equal((id, another.Account.Id), (redeemed.Value.Member.Id, redeemed.Value.Member.AccountId));
        Assert.Equal((null, null), (redeemed.Value.Member.AcceptedTerms, redeemed.Value.Member.TermsAcceptedAt));

        Assert.True((await new AcceptTerms(rig.Store).RunAsync(another.Session.Id, "acme", 3, default)).Done);
        Assert.Equal(3, (await MemberAsync(rig, "jo@example.com")).AcceptedTerms);
        Assert.True((await new RemoveMember(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, id, default)).Done);
        Assert.True((await new ErasePerson(rig.Store).RunAsync(Actor.Operator, rig.Workspace.Id, id, default)).Done);
        await using var db = rig.Store.Read();
        Assert.Empty(await db.Members.Where(m => m.AcceptedTerms != null || m.TermsAcceptedAt != null).ToListAsync());
        Assert.All(await LinesAsync(rig), l => Assert.Equal((null, null, null), (l.TargetName, l.Before, l.After)));
    }

    private static async Task<(SignedIn Who, string Secret)> ComeAsync(AccountRig rig, string userName, int? accepted, string? role = null)
    {
        var (_, mailed) = await rig.InviteAsync(userName, role: role);
        var create = new CreateLocalAccount(rig.Store, AccountRig.Rules);
        var opened = (await create.RunAsync(mailed!, userName, "Jo", AccountRig.GoodPassword, AccountRig.Browser, default)).Value;
        var who = (await rig.ReadAsync(opened.Secret))!;
        Assert.True((await rig.Accept().RunAsync(who, mailed!, "Jo", "Harbour", default, accepted)).Done);
        return ((await rig.ReadAsync(opened.Secret, "acme"))!, opened.Secret);
    }

    private static async Task SetAsync(AccountRig rig, int? version)
    {
        await using var db = rig.Store.Read();
        var now = WorkspaceContext.Of(db, await db.Workspaces.SingleAsync(w => w.Id == rig.Workspace.Id));
        await ConfigureAsync(rig, now, now.Configuration.Terms with { TermsOfUse = Address, TermsVersion = version });
    }

    private static async Task ConfigureAsync(AccountRig rig, WorkspaceContext now, Terms terms) =>
        Assert.True(
            (
                await new ChangeConfiguration(rig.Store).RunAsync(
                    Actor.Operator,
                    now.Id,
                    null,
                    now.Configuration with
                    {
                        Terms = terms,
                    },
                    default
                )
            ).Done
        );

    private static async Task<List<AuditEntry>> LinesAsync(AccountRig rig)
    {
        await using var db = rig.Store.Read();
        return await db.AuditEntries.AsNoTracking().Where(a => a.Act == AcceptTerms.Act && !a.Refused).OrderBy(a => a.Id).ToListAsync();
    }

    private static async Task<Member> MemberAsync(AccountRig rig, string userName)
    {
        await using var db = rig.Store.Read();
        return await db.Members.AsNoTracking().SingleAsync(m => m.WorkspaceId == rig.Workspace.Id && m.UserName == userName);
    }
}
