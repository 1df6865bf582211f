using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Workspaces;

public sealed class ScimCredentialTests
{
    [Theory, EachDatabase]
    public async Task Two_tokens_live_at_once_and_never_a_third_however_many_ask(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var race = await Rivals.RaceAsync(
            10,
            i => new CreateScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, $"Entra {i}", null, default)
        );
        Assert.Equal(2, race.Count(r => r.Required.Done));
        Assert.All(race.Where(r => !r.Required.Done), r => Assert.Equal("tooManyTokens", r.Required.Refusal!.Code));
    }

    [Theory, EachDatabase]
    public async Task A_token_opens_its_own_workspace_until_it_ends_or_is_revoked(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.OtherAsync();
        var issued = (
            await new CreateScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, "Entra", TimeSpan.FromDays(30), default)
        ).Value;
        var lasting = (await new CreateScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, "Okta", null, default)).Value;
        var recognize = new RecognizeScimToken(acme.Store);

        var known = await recognize.RunAsync("acme", issued.Token, "Entra/1", default);
        Assert.Equal((acme.Id, ActorKind.Directory, "Entra"), (known!.Workspace.Id, known.Actor.Kind, known.Actor.Name));
        Assert.Null(await recognize.RunAsync("other", issued.Token, null, default));
        Assert.Null(await recognize.RunAsync("acme", issued.Token + "x", null, default));
        Assert.Null(await recognize.RunAsync("acme", "", null, default));
        acme.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await recognize.RunAsync("acme", issued.Token, null, default));
        acme.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await recognize.RunAsync("acme", issued.Token, null, default));

        Assert.NotNull(await recognize.RunAsync("acme", lasting.Token, null, default));
        Assert.True((await new RevokeScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, lasting.Credential.Id, default)).Done);
        Assert.Null(await recognize.RunAsync("acme", lasting.Token, null, default));
    }

    [Theory, EachDatabase]
    public async Task A_request_sees_the_configuration_that_was_written_last_and_never_one_that_was_not(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var issued = (await new CreateScimCredential(acme.Store).RunAsync(Actor.Operator, acme.Id, "Entra", null, default)).Value;
        var recognize = new RecognizeScimToken(acme.Store);
        for (var round = 0; round < 5; round++)
        {
            var seen = (await recognize.RunAsync("acme", issued.Token, null, default))!.Workspace;
            var race = await Rivals.RaceAsync(
                4,
                i =>
                    new ChangeConfiguration(acme.Store).RunAsync(
                        Actor.Operator,
                        acme.Id,
                        seen.Row.Version,
                        seen.Configuration with
                        {
                            Scim = seen.Configuration.Scim with { Strict = !seen.Configuration.Scim.Strict },
                            Capacity = seen.Configuration.Capacity with { MoreHint = $"{round}.{i}" },
                        },
                        default
                    )
            );
            Assert.Equal(1, race.Count(r => r.Required.Done));

            var now = (await recognize.RunAsync("acme", issued.Token, null, default))!.Workspace;
            Assert.Equal(race.Single(r => r.Required.Done).Required.Value.Row.Configuration, now.Row.Configuration);
            Assert.Equal((seen.Row.Version + 1, now.Row.Configuration), (now.Row.Version, now.Configuration.Write()));
        }
    }
}
