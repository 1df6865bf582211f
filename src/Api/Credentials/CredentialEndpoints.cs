using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Credentials;

/// <summary>The keys of programs and the tokens of directories.</summary>
internal static class CredentialEndpoints
{
    private const string Keys = "/workspaces/{slug}/api-keys";
    private const string Tokens = "/workspaces/{slug}/scim-tokens";

    public static void Map(ApiTable api)
    {
        api.Get(Keys, KeysAsync)
            .Says("List API keys", "Newest first, the last hundred.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<ListJson<ApiKeyJson>>();
        api.Post(Keys, CreateKeyAsync)
            .Says(
                "Make an API key",
                "It is shown this once. It holds no longer than its maker is active and may hand out its role. No key makes "
                    + "another: what it made would live on when it is revoked."
            )
            .PeopleOnly()
            .Needs(Permission.ConfigureWorkspace)
            .Reads<NewApiKey>()
            .Gives<IssuedApiKeyJson>(StatusCodes.Status201Created);
        api.Delete(Keys + "/{id}", RevokeKeyAsync)
            .Says("Revoke an API key", "Its next request is refused.")
            .Needs(Permission.ConfigureWorkspace)
            .Gives<ApiKeyJson>();
        api.Get(Tokens, TokensAsync)
            .Says("List directory tokens", "Newest first, the last fifty.")
            .Needs(Permission.ManageDirectory)
            .Gives<ListJson<ScimTokenJson>>();
        api.Post(Tokens, CreateTokenAsync)
            .Says("Make a directory token", "It is shown this once. Two may be live.")
            .PeopleOnly()
            .Needs(Permission.ManageDirectory)
            .Reads<NewScimToken>()
            .Gives<IssuedScimTokenJson>(StatusCodes.Status201Created);
        api.Delete(Tokens + "/{id}", RevokeTokenAsync)
            .Says("Revoke a directory token", "The directory's next request is refused.")
            .Needs(Permission.ManageDirectory)
            .Gives<ScimTokenJson>();
    }

    private static async Task<ApiAnswer> KeysAsync(ApiCall call) =>
        (await call.Act<ListApiKeys>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var keys, out var refusal)
            ? ApiAnswer.Ok(new ListJson<ApiKeyJson> { Items = [.. keys.Select(k => ApiKeyJson.Of(k.Row, k.LastUsedAt))] })
            : refusal;

    private static Task<ApiAnswer> CreateKeyAsync(ApiCall call) =>
        call.WithAsync<NewApiKey>(async wanted =>
            (
                await call.Act<CreateApiKey>().RunAsync(call.Actor, call.Workspace.Id, wanted.Name, wanted.Role, Days(wanted.Days), call.Ct)
            ).Is(out var issued, out var refusal)
                ? ApiAnswer.Created(
                    new IssuedApiKeyJson { ApiKey = ApiKeyJson.Of(issued.Row), Key = issued.Key },
                    call.Path($"/api-keys/{issued.Row.Id}")
                )
                : refusal
        );

    private static async Task<ApiAnswer> RevokeKeyAsync(ApiCall call) =>
        (await call.Act<RevokeApiKey>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<ApiKey>(), call.Ct)).Is(
            out var key,
            out var refusal
        )
            ? ApiAnswer.Ok(ApiKeyJson.Of(key))
            : refusal;

    private static async Task<ApiAnswer> TokensAsync(ApiCall call) =>
        (await call.Act<DirectoryPage>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var tokens, out var refusal)
            ? ApiAnswer.Ok(new ListJson<ScimTokenJson> { Items = [.. tokens.Select(t => ScimTokenJson.Of(t.Credential, t.LastUsedAt))] })
            : refusal;

    private static Task<ApiAnswer> CreateTokenAsync(ApiCall call) =>
        call.WithAsync<NewScimToken>(async wanted =>
            (
                await call.Act<CreateScimCredential>()
                    .RunAsync(call.Actor, call.Workspace.Id, wanted.Name, wanted.Days is { } days ? Days(days) : null, call.Ct)
            ).Is(out var issued, out var refusal)
                ? ApiAnswer.Created(
                    new IssuedScimTokenJson
                    {
                        ScimToken = ScimTokenJson.Of(issued.Credential),
                        Token = issued.Token,
                        BaseUrl = call.Act<Links>().Scim(call.Workspace.Row.Slug),
                    },
                    call.Path($"/scim-tokens/{issued.Credential.Id}")
                )
                : refusal
        );

    private static async Task<ApiAnswer> RevokeTokenAsync(ApiCall call) =>
        (await call.Act<RevokeScimCredential>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<ScimCredential>(), call.Ct)).Is(
            out var token,
            out var refusal
        )
            ? ApiAnswer.Ok(ScimTokenJson.Of(token))
            : refusal;

    /// <summary>Numbers beyond what the core takes stay beyond it and are refused there.</summary>
    private static TimeSpan Days(int days) => TimeSpan.FromDays(Math.Clamp(days, -1, 100_000));
}
