using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

/// <summary>A directory brings somebody whom an admin has invited: it is the same person, and their invitation is no longer open.</summary>
public sealed class InvitedUserTests
{
    [Theory, EachDatabase]
    public async Task Whom_an_admin_invited_is_taken_over_and_their_invitation_is_settled_where_a_provider_knows_them(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var before = await InviteAsync(server, "early@acme.test");
        await TakeOverAsync(server, "early@acme.test", isActive: true);
        Assert.Equal(InvitationStatus.Pending, (await ReadAsync(server, before)).Stored); // their only way in

        await new CreateConnection(server.Store).RunAsync(
            Actor.Operator,
            server.Workspace.Id,
            new()
            {
                Kind = ConnectionKind.Oidc,
                Name = "Acme",
                Authority = "https://sign-in.acme.example",
                ClientId = "client",
                Credential = "a-client-secret-of-theirs",
                TrustsUserNames = true,
            },
            (_, _) => Task.FromResult<Refusal?>(null),
            default
        );
        var invited = await InviteAsync(server, "ada@acme.test");
        var id = await TakeOverAsync(server, "ADA@acme.test", isActive: true);
        Assert.Equal(invited.Invitation.MemberId.ToString(), id);
        Assert.Equal(InvitationStatus.Accepted, (await ReadAsync(server, invited)).Stored);
        var late = await new RedeemInvitation(server.Store).RunAsync(
            new()
            {
                Kind = ActorKind.Person,
                Door = Door.SignIn,
                Name = "ada@acme.test",
            },
            invited.LinkSecret,
            new()
            {
                AccountId = Id<Account>.New(TimeProvider.System),
                Provider = IdentityProvider.Oidc,
                UserName = "ada@acme.test",
            },
            default
        );
        Assert.Equal("invitationClosed", late.Refusal?.Code);

        // brought without access, the invitation waits for what comes of it
        var waits = await InviteAsync(server, "bob@acme.test");
        await TakeOverAsync(server, "bob@acme.test", isActive: false);
        Assert.NotEqual(InvitationStatus.Accepted, (await ReadAsync(server, waits)).Stored);
    }

    /// <summary>As directories do: made once, told that it is there, found by its name, changed.</summary>
    private static async Task<string> TakeOverAsync(DoorServer server, string userName, bool isActive)
    {
        var made = await server.SendAsync(
            "POST",
            "/Users",
            $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{userName}}","active":{{(isActive ? "true" : "false")}}}"""
        );
        Assert.Equal((409, "uniqueness"), (made.Status, made.Json["scimType"]!.GetValue<string>()));
        var found = await server.SendAsync("GET", $"/Users?filter={Uri.EscapeDataString($"userName eq \"{userName}\"")}");
        Assert.Equal(1, (int)found.Json["totalResults"]!);
        var id = found.Json["Resources"]![0]!["id"]!.GetValue<string>();
        var changed = await server.PatchAsync(
            "/Users/" + id,
            $$"""{"op":"replace","path":"active","value":{{(isActive ? "true" : "false")}}}"""
        );
        Assert.True(changed.Status is 200 or 204, changed.Text);
        return id;
    }

    private static async Task<IssuedInvitation> InviteAsync(DoorServer server, string userName)
    {
        var made = await new InvitePeople(server.Store).RunAsync(
            Actor.Operator,
            server.Workspace.Id,
            new() { UserNames = [userName], SendMail = false },
            default
        );
        return made.Value[0].Outcome.Value;
    }

    private static async Task<Invitation> ReadAsync(DoorServer server, IssuedInvitation issued)
    {
        await using var db = server.Store.Read();
        return await db.Invitations.AsNoTracking().SingleAsync(i => i.Id == issued.Invitation.Id);
    }
}
