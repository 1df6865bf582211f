using System.Collections.Frozen;

namespace UserManagement.Ui.Parts;

/// <summary>The drawings behind <see cref="IconName"/>: strokes of 1.5 in the text's colour.</summary>
internal static class IconShapes
{
    private static readonly FrozenDictionary<IconName, string> Shapes = new Dictionary<IconName, string>
    {
        [IconName.Alert] = """<path d="M8 2.4 14.2 13a.6.6 0 0 1-.5.9H2.3a.6.6 0 0 1-.5-.9Z"/><path d="M8 6.4v3.2M8 11.7v.1"/>""",
        [IconName.Audit] = """<rect x="3.2" y="2" width="9.6" height="12" rx="1.4"/><path d="M5.8 5.4h4.4M5.8 8h4.4M5.8 10.6h2.4"/>""",
        [IconName.Back] = """<path d="M13 8H3.2M7 4 3 8l4 4"/>""",
        [IconName.Ban] = """<circle cx="8" cy="8" r="5.7"/><path d="m4.1 4.1 7.8 7.8"/>""",
        [IconName.Check] = """<path d="m3 8.5 3.3 3.3L13 4.8"/>""",
        [IconName.Chevron] = """<path d="m4 6.2 4 4 4-4"/>""",
        [IconName.ChevronEnd] = """<path d="m6.2 4 4 4-4 4"/>""",
        [IconName.ChevronStart] = """<path d="m9.8 4-4 4 4 4"/>""",
        [IconName.Clock] = """<circle cx="8" cy="8" r="5.7"/><path d="M8 4.8V8l2.2 1.5"/>""",
        [IconName.Close] = """<path d="m4 4 8 8M12 4l-8 8"/>""",
        [IconName.Copy] =
            """<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M3.4 10.5h-.2a.7.7 0 0 1-.7-.7V3.2c0-.4.3-.7.7-.7h6.6c.4 0 .7.3.7.7v.2"/>""",
        [IconName.Directory] =
            """<rect x="5.8" y="2" width="4.4" height="3.6" rx=".8"/><rect x="1.8" y="10.4" width="4.4" height="3.6" rx=".8"/><rect x="9.8" y="10.4" width="4.4" height="3.6" rx=".8"/><path d="M8 5.6V8M4 10.4V8h8v2.4"/>""",
        [IconName.Download] = """<path d="M8 2.5v7.2M5 7l3 3 3-3M2.8 12.8h10.4"/>""",
        [IconName.Edit] = """<path d="M10.6 3 13 5.4 5.6 12.8l-3.1.7.7-3.1ZM9 4.6 11.4 7"/>""",
        [IconName.External] = """<path d="M9.2 2.8h4v4M13 3 7.4 8.6M11 9.4v3c0 .5-.4.8-.8.8H3.6a.8.8 0 0 1-.8-.8V5.8c0-.4.3-.8.8-.8h3"/>""",
        [IconName.Eye] = """<path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8Z"/><circle cx="8" cy="8" r="1.9"/>""",
        [IconName.Filter] = """<path d="M2.5 4.5h11M4.5 8h7M6.5 11.5h3"/>""",
        [IconName.Group] = """<circle cx="6" cy="8" r="4"/><circle cx="10" cy="8" r="4"/>""",
        [IconName.Home] = """<path d="M2.5 7.4 8 2.8l5.5 4.6v5.4a.7.7 0 0 1-.7.7H3.2a.7.7 0 0 1-.7-.7ZM6.4 13.4V9.6h3.2v3.8"/>""",
        [IconName.Info] = """<circle cx="8" cy="8" r="5.7"/><path d="M8 7.4v3.4M8 5.1v.1"/>""",
        [IconName.Key] = """<circle cx="5.2" cy="10.8" r="2.7"/><path d="m7.2 8.8 5.8-5.8M10.4 5.6l2.1 2.1"/>""",
        [IconName.Link] =
            """<path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 1 0 9 3.3l-.7.7M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 1 0 7 12.7l.7-.7"/>""",
        [IconName.Logout] = """<path d="M6.2 13.2H3.6a.8.8 0 0 1-.8-.8V3.6c0-.4.3-.8.8-.8h2.6M10.4 11l3-3-3-3M13.2 8H6.4"/>""",
        [IconName.Mail] = """<rect x="2" y="3.5" width="12" height="9" rx="1.4"/><path d="m2.4 4.6 5.6 4.2 5.6-4.2"/>""",
        [IconName.Menu] = """<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>""",
        [IconName.Moon] = """<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z"/>""",
        [IconName.More] = """<path stroke-width="2.4" d="M3.4 8h.01M8 8h.01M12.6 8h.01"/>""",
        [IconName.People] =
            """<circle cx="6" cy="5.4" r="2.5"/><path d="M1.6 13c.3-2.6 2-4 4.4-4s4.1 1.4 4.4 4M10.4 3.1a2.4 2.4 0 0 1 0 4.6M12 9.4c1.4.5 2.2 1.8 2.4 3.6"/>""",
        [IconName.Person] = """<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 13.5c.4-2.9 2.4-4.4 5.2-4.4s4.8 1.5 5.2 4.4"/>""",
        [IconName.Plus] = """<path d="M8 3v10M3 8h10"/>""",
        [IconName.Refresh] = """<path d="M13.2 8A5.2 5.2 0 1 1 11.5 4.1L13 5.4M13.2 2.6v3h-3"/>""",
        [IconName.Search] = """<circle cx="7" cy="7" r="4.3"/><path d="m10.2 10.2 3.3 3.3"/>""",
        [IconName.Seat] =
            """<path d="M5 8.6 4.2 3.4a.8.8 0 0 1 .8-.9h6a.8.8 0 0 1 .8.9L11 8.6M3.4 8.6h9.2v2.4H3.4zM4.6 11v2.6M11.4 11v2.6"/>""",
        [IconName.Settings] =
            """<path d="M2.5 5h5.6M11.9 5h1.6M2.5 11h1.6M7.9 11h5.6"/><circle cx="10" cy="5" r="1.9"/><circle cx="6" cy="11" r="1.9"/>""",
        [IconName.Shield] = """<path d="M8 2 13 3.8v4c0 3-2 5.1-5 6.2-3-1.1-5-3.2-5-6.2v-4Z"/><path d="m5.9 7.9 1.5 1.5 2.8-2.9"/>""",
        [IconName.Sun] =
            """<circle cx="8" cy="8" r="2.8"/><path d="M8 1.6v1.3M8 13.1v1.3M1.6 8h1.3M13.1 8h1.3M3.5 3.5l.9.9M11.6 11.6l.9.9M3.5 12.5l.9-.9M11.6 4.4l.9-.9"/>""",
        [IconName.Swap] = """<path d="M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13"/>""",
        [IconName.System] = """<rect x="2" y="3" width="12" height="8" rx="1.2"/><path d="M6 13.5h4M8 11v2.5"/>""",
        [IconName.Trash] =
            """<path d="M2.8 4.5h10.4M6.2 4.3V2.7h3.6v1.6M4.2 4.5l.6 8.2c0 .4.4.8.8.8h4.8c.4 0 .8-.4.8-.8l.6-8.2M6.7 7v4M9.3 7v4"/>""",
        [IconName.Warning] = """<circle cx="8" cy="8" r="5.7"/><path d="M8 5v3.6M8 10.9v.1"/>""",
    }.ToFrozenDictionary();

    /// <summary>Its id in <see cref="Sheet"/>.</summary>
    public static string Id(IconName name) => name.ToString().ToLowerInvariant();

    /// <summary>All of them as one SVG file of symbols, which a page refers to: most stand on a page many times.</summary>
    public static string Sheet() =>
        $"""
            <svg xmlns="http://www.w3.org/2000/svg">{string.Concat(
                Shapes
                    .OrderBy(s => s.Key)
                    .Select(s => $"""<symbol id="{Id(s.Key)}" viewBox="0 0 16 16">{s.Value}</symbol>""")
            )}</svg>
            """;
}
