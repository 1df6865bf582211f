using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Apps;

/// <summary>Apps are made, changed and removed by who may, and by nobody else.</summary>
public sealed class ClientActsTests
{
    private static readonly ClientSettings Notes = new() { ClientName = "Notes", RedirectUris = ["https://notes.acme.test/cb"] };

    private static readonly ClientSettings Nightly = new()
    {
        ClientName = "Nightly",
        AllowClientCredentials = true,
        AllowedScopes = [AppScopeNames.Api],
        Role = "viewer",
    };

    [Fact]
    public void Each_wrong_address_has_a_sentence_of_its_own()
    {
        foreach (var (address, own, part) in AppAddresses.Bad)
        {
            Assert.Contains(part, ClientAddress.WhatIsWrong(address, own), StringComparison.Ordinal);
        }

        Assert.All(AppAddresses.Good, good => Assert.Null(ClientAddress.WhatIsWrong(good.Address, good.OwnSchemes)));
    }

    [Theory, EachDatabase]
    public async Task Several_wrong_addresses_are_all_named_and_nothing_is_kept(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var refusal = (
            await new CreateClient(acme.Store).RunAsync(
                Actor.Operator,
                acme.Id,
                null,
                Notes with
                {
                    RedirectUris = ["https://good.example/cb", "http://one.example/cb", "https://*.two.example/cb"],
                },
                default
            )
        ).Refusal!;
        Assert.Equal("redirectUris", refusal.Field);
        Assert.Contains("http://one.example/cb", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("https://*.two.example/cb", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("good.example", refusal.Message, StringComparison.Ordinal);
        Assert.Empty((await new ListClients(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value);
    }

    [Theory, EachDatabase]
    public async Task What_a_program_may_belongs_to_a_workspace_and_to_who_may_give_it(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "ranked");
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var low = boss with { Role = "manager", Permissions = boss.Permissions.Except([Permission.ManageDirectory]).ToHashSet() };
        var nightly = Nightly with { Role = "monitor" };
        var create = new CreateClient(acme.Store);
        foreach (
            var (actor, workspace, settings, code, field) in new (Actor, Id<Workspace>?, ClientSettings, string, string?)[]
            {
                (Actor.Operator, null, nightly, "invalidAllowedScopes", "allowedScopes"),
                (
                    boss,
                    acme.Id,
                    nightly with
                    {
                        AllowClientCredentials = false,
                        RedirectUris = Notes.RedirectUris,
                    },
                    "invalidAllowedScopes",
                    "allowedScopes"
                ),
                (boss, acme.Id, nightly with { RequireClientSecret = false }, "invalidAllowClientCredentials", "allowClientCredentials"),
                (boss, acme.Id, nightly with { Role = null }, "invalidRole", "role"),
                (boss, acme.Id, nightly with { Role = "emperor" }, "unknownRole", "role"),
                (boss, acme.Id, Notes with { Role = "monitor" }, "invalidRole", "role"),
                (boss, acme.Id, nightly with { AllowedScopes = ["api", "root"] }, "invalidAllowedScopes", "allowedScopes"),
                (boss, acme.Id, Notes with { ClientUri = "http://notes.example" }, "invalidClientUri", "clientUri"),
                (low with { Role = "editor" }, acme.Id, nightly with { Role = "admin" }, "grantCeiling", null),
                (low, acme.Id, nightly with { Role = null, AllowedScopes = [AppScopeNames.Scim] }, "forbidden", null),
            }
        )
        {
            var refusal = (await create.RunAsync(actor, workspace, null, settings, default)).Refusal;
            Assert.True((code, field) == (refusal?.Code, refusal?.Field), $"{settings} {refusal}");
        }

        var made = (
            await create.RunAsync(boss, acme.Id, null, nightly with { Role = "admin", AllowedScopes = ["api", "scim"] }, default)
        ).Value;
        var id = made.Row.ClientId!;

        // a secret of it, and a change of it, are worth what it may
        Assert.Equal(
            "grantCeiling",
            (await new AddClientSecret(acme.Store).RunAsync(boss with { Role = "editor" }, acme.Id, id, default)).Refusal!.Code
        );
        Assert.Equal("forbidden", (await new AddClientSecret(acme.Store).RunAsync(low, acme.Id, id, default)).Refusal!.Code);
        Assert.Equal(
            "forbidden",
            (await new ChangeClient(acme.Store).RunAsync(low, acme.Id, id, null, ClientSettings.Of(made.Row), default)).Refusal!.Code
        );
        Assert.True((await new ClientPage(acme.Store).OneAsync(boss, acme.Id, id, default)).Value.HasRole);
    }

    [Theory, EachDatabase]
    public async Task A_stale_form_another_workspace_and_a_program_change_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var made = (await new CreateClient(acme.Store).RunAsync(boss, acme.Id, "notes", Notes, default)).Value.Row;
        var change = new ChangeClient(acme.Store);
        var first = (await change.RunAsync(boss, acme.Id, "notes", made.Version, Notes with { ClientName = "Our notes" }, default)).Value;
        Assert.Equal(made.Version + 1, first.Version);
        Assert.Equal("stale", (await change.RunAsync(boss, acme.Id, "notes", made.Version, Notes, default)).Refusal!.Code);
        Assert.Equal("notFound", (await change.RunAsync(Actor.Operator, other.Id, "notes", null, Notes, default)).Refusal!.Code);
        Assert.Equal("notFound", (await change.RunAsync(boss, other.Id, "notes", null, Notes, default)).Refusal!.Code);
        Assert.Equal(
            "signInAgain",
            (await change.RunAsync(boss with { FreshUntil = null }, acme.Id, "notes", null, Notes, default)).Refusal!.Code
        );
        Assert.Equal("notFound", (await new RemoveClient(acme.Store).RunAsync(boss, other.Id, "notes", default)).Refusal!.Code);
        Assert.Equal("forbidden", (await new RemoveClient(acme.Store).RunAsync(boss, null, "notes", default)).Refusal!.Code);

        var key = boss with { Kind = ActorKind.ApiKey, Member = null };
        Assert.Equal("peopleOnly", (await change.RunAsync(key, acme.Id, "notes", null, Notes, default)).Refusal!.Code);
        Assert.Equal("peopleOnly", (await new AddClientSecret(acme.Store).RunAsync(key, acme.Id, "notes", default)).Refusal!.Code);

        // what becomes public keeps no secret, and may be removed by a program
        var open = (await change.RunAsync(boss, acme.Id, "notes", null, Notes with { RequireClientSecret = false }, default)).Value;
        Assert.Empty(ClientSecrets.Of(open));
        Assert.Equal("Our notes", first.DisplayName);
        Assert.True((await new RemoveClient(acme.Store).RunAsync(key, acme.Id, "notes", default)).Done);
    }

    [Theory, EachDatabase]
    public async Task Of_twenty_secrets_at_once_two_are_made(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await new CreateClient(acme.Store).RunAsync(Actor.Operator, acme.Id, "notes", Notes, default);
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => new AddClientSecret(acme.Store).RunAsync(Actor.Operator, acme.Id, "notes", default))
        );
        Assert.Single(outcomes, o => o.Done);
        var row = (await new ListClients(acme.Store).RunAsync(Actor.Operator, acme.Id, default)).Value.Single();
        Assert.Equal(2, ClientSecrets.Of(row).Count);
    }
}
