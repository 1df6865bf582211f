using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Ui;

namespace UserManagement.AdminUi.Http;

/// <summary>
/// The forms that make something once for the number that each carries (<see cref="FormNumber"/>, <see cref="SubmitOnce"/>). What may be
/// looked at again is kept, and the form leads to the page that shows it (<c>LeadAsync</c>). A secret that is kept nowhere stands in the
/// answer to the post itself, in place of a 303 (<c>RunAsync</c>): a browser that loads that answer again posts the form again.
/// </summary>
internal static class Once
{
    private const string Query = "form";

    /// <summary>Does what the form stands for, unless it was done for this number.</summary>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="visit">The request.</param>
    /// <param name="permission">What the form asks for: who lacks it hears so from the core, which audits the try.</param>
    /// <param name="page">Path below the workspace of the page with the form.</param>
    /// <param name="act">What is done.</param>
    /// <param name="made">The answer that shows what was made.</param>
    /// <param name="refused">The page with the form, and why nothing was made.</param>
    public static async Task<IResult> RunAsync<T>(
        Visit visit,
        string permission,
        string page,
        Func<Task<Outcome<T>>> act,
        Func<T, Task<IResult>> made,
        Func<Refusal, Task<IResult>> refused
    )
    {
        var number = FormNumber.Read(visit);
        if (number is null && visit.Actor.May(permission))
        {
            return await refused(Old());
        }

        var outcome = number is null
            ? await act()
            : await visit
                .Act<SubmitOnce>()
                .RunAsync(visit.Workspace.Id, visit.Session.Id.Value, number, visit.Http.Request.Path, act, visit.Ct);
        return outcome.Is(out var value, out var refusal) ? await made(value)
            : refusal.Code == SubmitOnce.AlreadyMade
                ? Visit.Error(
                    Refusals.Status(refusal.Kind),
                    refusal.Message,
                    visit.Path(page),
                    title: "This was made already",
                    homeLabel: "Back to the page"
                )
            : await refused(refusal);
    }

    /// <summary>
    /// Does what the form stands for, unless it was done for this number, keeps what was made for whoever made it, and leads to the page
    /// that shows it. A number that was posted before leads there too.
    /// </summary>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="visit">The request.</param>
    /// <param name="permission">What the form asks for: who lacks it hears so from the core, which audits the try.</param>
    /// <param name="act">What is done.</param>
    /// <param name="page">Path below the workspace of the page that shows it, given the query by which it finds it
    /// (<see cref="MadeAsync"/>).</param>
    /// <param name="refused">The page with the form, and why nothing was made.</param>
    public static async Task<IResult> LeadAsync<T>(
        Visit visit,
        string permission,
        Func<Task<Outcome<T>>> act,
        Func<T, string, string> page,
        Func<Refusal, Task<IResult>> refused
    )
        where T : class =>
        FormNumber.Read(visit) is { } number ? await OfNumberAsync(visit, number, act, page, refused)
        : visit.Actor.May(permission) ? await refused(Old())
        : await LeadAsync(visit, act, page, refused);

    /// <summary>The same for what may be done any number of times: its form carries no number.</summary>
    public static Task<IResult> LeadAsync<T>(
        Visit visit,
        Func<Task<Outcome<T>>> act,
        Func<T, string, string> page,
        Func<Refusal, Task<IResult>> refused
    )
        where T : class => OfNumberAsync(visit, Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), act, page, refused);

    /// <summary>What the form made that led to this page; null when it was led here by none, or what it made is kept no longer.</summary>
    public static Task<T?> MadeAsync<T>(Visit visit)
        where T : class =>
        visit.Query(Query) is { } number
            ? visit.Act<SubmitOnce>().MadeAsync<T>(visit.Workspace.Id, visit.Session.Id.Value, number, visit.Ct)
            : Task.FromResult<T?>(null);

    private static async Task<IResult> OfNumberAsync<T>(
        Visit visit,
        string number,
        Func<Task<Outcome<T>>> act,
        Func<T, string, string> page,
        Func<Refusal, Task<IResult>> refused
    )
        where T : class
    {
        var outcome = await visit
            .Act<SubmitOnce>()
            .KeepAsync(visit.Workspace.Id, visit.Session.Id.Value, number, visit.Http.Request.Path, act, visit.Ct);
        return outcome.Is(out var made, out var refusal)
            ? Visit.SeeOther(visit.Path(page(made, $"?{Query}={number}")))
            : await refused(refusal);
    }

    private static Refusal Old() =>
        new(
            RefusalKind.Stale,
            "formOld",
            "This page was open for too long, or you signed in anew since. Look at what stands here and send it again."
        );
}
