{
    "name": "Development: assets missing from Debian's package",
    "summary": "Takes a file off mail's assets that Debian's package does not have",
    "version": "19.0.1.0.0",
    "author": "Sales Order Plus",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["mail"],
    "assets": {
        # Without the file each page of the web client logs an error, and every
        # browser test fails. Only the background of video calls needs it.
        "web.assets_backend": [
            (
                "remove",
                "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            ),
        ],
    },
}
