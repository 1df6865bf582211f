using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Invitations;

public sealed class AlreadyInvitedTests
{
    [Theory, EachDatabase]
    public async Task Who_is_invited_already_is_answered_with_what_is_offered_for_that_invitation(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "licensed");
        await acme.InviteAsync("late@acme.test");
        Assert.Equal(ResendWhen.Expired, acme.Workspace.Configuration.Invitations.Resend);
        Assert.Equal("This person is invited already. Copy the link of that invitation, or revoke it first.", await AgainAsync(r => r));
        foreach (
            var (rules, offered) in new (Func<InvitationRules, InvitationRules>, string)[]
            {
                (r => r with { CopyLink = false }, "Revoke that invitation first."),
                (r => r with { Resend = ResendWhen.Always }, "Send that invitation again, or revoke it first."),
                (r => r with { RevokeLabel = "Delete" }, "Send that invitation again, or delete it first."),
                (r => r with { Resend = ResendWhen.Never }, "Delete that invitation first."),
                (r => r with { Resend = ResendWhen.Expired, CopyLink = true }, "Copy the link of that invitation, or delete it first."),
            }
        )
        {
            Assert.Equal("This person is invited already. " + offered, await AgainAsync(rules));
        }

        async Task<string?> AgainAsync(Func<InvitationRules, InvitationRules> rules)
        {
            await acme.ConfigureAsync(c => c with { Invitations = rules(c.Invitations) });
            var asked = await new InvitePeople(acme.Store).RunAsync(
                Actor.Operator,
                acme.Id,
                new() { UserNames = ["late@acme.test"], SendMail = false },
                default
            );
            var refusal = asked.Value[0].Outcome.Refusal;
            Assert.Equal("alreadyInvited", refusal?.Code);
            return refusal?.Message;
        }
    }
}
